#include "cli/password.hpp"

#include <termios.h>
#include <unistd.h>

#include <istream>
#include <ostream>

#include "cli/flag.hpp"
#include "cli/private_file.hpp"

namespace sagactl {
namespace {

// Reads a line without showing it. Elsewhere than on a terminal, the first line of what is piped in.
std::string read_password(const Terminal& terminal) {
  termios before{};
  const bool hide = terminal.in_is_tty && ::tcgetattr(STDIN_FILENO, &before) == 0;
  if (hide) {
    termios silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  std::string line;
  std::getline(terminal.in, line);
  if (hide) {
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    terminal.err << '\n';
  }
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
  if (invocation.terminal.in_is_tty) invocation.terminal.err << "Password: " << std::flush;
  return read_password(invocation.terminal);
}

}  // namespace sagactl
