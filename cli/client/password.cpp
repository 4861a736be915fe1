#include "cli/client/password.hpp"

#include <unistd.h>

#include <istream>
#include <ostream>

#include "cli/configuration/private_file.hpp"
#include "cli/flag.hpp"
#include "cli/output/terminal_mode.hpp"

namespace sagactl {
namespace {

// On a terminal, reads a line without echo; otherwise the first line of standard input.
std::string prompt_for_password(const Terminal& terminal) {
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
  add_text(app, "--password", flags.text, "TEXT", "Password [prompted for, or read from standard input]");
  add_text(app, "--password-file", flags.file, "FILE",
           "Read the password from the first line of FILE, so that it does not appear in the process list");
}

Result<std::string> read_password(const Invocation& invocation, const PasswordFlags& flags) {
  if (!flags.text.empty()) return flags.text;
  if (!flags.file.empty()) return read_secret_file(invocation.environment.resolve(flags.file), "--password-file");
  std::string password = prompt_for_password(invocation.terminal);
  if (!password.empty()) return password;
  const bool typed = invocation.terminal.in_is_tty;
  return with_hint(Error{ErrorCode::invalid, typed ? "the password is empty"
                                                   : "no password was given: standard input is neither a terminal nor "
                                                     "does it begin with a password"},
                   "pass --password-file FILE, or write it to standard input: `... < FILE`");
}

Result<void> check_email(std::string_view email) {
  const std::size_t at = email.rfind('@');
  if (at != std::string_view::npos && at > 0 && at + 1 < email.size()) return {};
  return Error{ErrorCode::invalid,
               "'" + std::string(email) + "' is not an e-mail address, which looks like ann@example.com"};
}

}  // namespace sagactl
