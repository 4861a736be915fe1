#include "cli/client/password.hpp"

#include <unistd.h>

#include <istream>
#include <ostream>

#include "cli/flag.hpp"
#include "cli/configuration/private_file.hpp"
#include "cli/output/terminal_mode.hpp"

namespace sagactl {
namespace {

// Reads a line without showing it. Elsewhere than on a terminal, the first line of what is piped in.
std::string read_password(const Terminal& terminal) {
  const std::string question = "Password: ";
  std::string line;
  if (!terminal.in_is_tty) {
    std::getline(terminal.in, line);
    return line;
  }
  terminal.err << question << std::flush;
  {
    const TerminalMode hidden(STDIN_FILENO, {ECHO, STDERR_FILENO, question, "\n"});
    std::getline(terminal.in, line);
  }
  terminal.err << '\n' << std::flush;
  return line;
}

}  // namespace

void add_password_flags(CLI::App& app, PasswordFlags& flags) {
  add_text(app, "--password", flags.text, "TEXT", "Password [typed without being shown, or piped in]");
  add_text(app, "--password-file", flags.file, "FILE",
           "Its first line is the password, so that it is not in the list of processes");
}

Result<std::string> password_of(const Invocation& invocation, const PasswordFlags& flags) {
  if (!flags.text.empty()) return flags.text;
  if (!flags.file.empty()) return read_secret_file(invocation.environment.resolve(flags.file), "--password-file");
  return read_password(invocation.terminal);
}

}  // namespace sagactl
