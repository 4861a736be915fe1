// `sagactl help`: the help of a command, as its --help shows it.
#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "cli/commands.hpp"
#include "cli/flag.hpp"
#include "cli/help/fitted_help.hpp"
#include "cli/help/usage.hpp"
#include "cli/invocation.hpp"

namespace sagactl {
namespace {

constexpr int depth_max = 4;  // of nested commands

Result<ExitCode> run_help(Invocation& invocation, const CLI::App& root, const std::vector<std::string>& words) {
  const CLI::App* app = &root;
  for (const std::string& word : words) {
    const auto below = app->get_subcommands([&](const CLI::App* sub) { return sub->get_name() == word; });
    if (below.empty())
      return with_hint(Error{ErrorCode::invalid, unknown_command(*app, word)},
                       "`" + command_path(*app) + " --help` lists the commands");
    app = below.front();
  }
  // App::help would show the help of the `help` command itself.
  invocation.terminal.out << fitted_help(app->get_formatter()->make_help(app, "", CLI::AppFormatMode::Normal),
                                         invocation.terminal.table_width());
  return ExitCode::done;
}

}  // namespace

void add_help(CLI::App& root, Commands& commands) {
  const auto words = std::make_shared<std::vector<std::string>>();
  CLI::App* app = add_command(root, "help", "Show the help of a command", setup_group);
  add_text(*app, "command", *words, "COMMAND", "Command, such as order create").takes(0, depth_max);
  commands.add(app, [words, &root](Invocation& invocation) { return run_help(invocation, root, *words); });
  commands.work_without_settings(app);
}

}  // namespace sagactl
