#include "tests/cli/support/command.hpp"

#include <unistd.h>

#include <fstream>
#include <sstream>

#include "cli/command_line.hpp"
#include "common/id.hpp"

namespace sagactl {

Json CommandResult::json() const {
  return Json::parse(out, nullptr, false);
}

CliSandbox::CliSandbox()
    : directory_(std::filesystem::temp_directory_path() / ("sagactl-sandbox-" + new_uuid().text())) {
  std::filesystem::create_directories(home());
}

CliSandbox::~CliSandbox() {
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

CommandResult CliSandbox::run(const std::vector<std::string>& arguments) {
  std::ostringstream out, err;
  std::istringstream in(input);
  Terminal terminal_streams{out, err, in};
  terminal_streams.out_is_tty = terminal_streams.err_is_tty = terminal_streams.in_is_tty = terminal;
  terminal_streams.width = width;
  Environment environment;
  environment.variables = variables;
  environment.variables.emplace("HOME", home().string());
  if (!removed) environment.working_directory = directory_;
  Interrupt interrupt;
  if (interrupted) interrupt.request();
  CommandResult outcome;
  outcome.code = run_command_line(arguments, terminal_streams, environment, interrupt);
  outcome.out = out.str();
  outcome.err = err.str();
  return outcome;
}

void CliSandbox::write(const std::filesystem::path& file, const std::string& text) const {
  const auto path = directory_ / file;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

std::string CliSandbox::read(const std::filesystem::path& file) const {
  std::ostringstream text;
  text << std::ifstream(directory_ / file).rdbuf();
  return text.str();
}

}  // namespace sagactl
