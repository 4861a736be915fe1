// `sagactl`: gives the command line its streams, its environment and its signals.
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <iostream>
#include <span>
#include <thread>
#include <vector>

#include "cli/command_line.hpp"
#include "cli/exit_code.hpp"
#include "common/secret_text.hpp"

extern char** environ;

namespace {

// The first signal asks the command to end in its own way, if it has one; the second ends the process.
void watch_signals(const sigset_t& signals, sagactl::Interrupt& interrupt) {
  for (int signal = 0; sigwait(&signals, &signal) == 0;) {
    if (!interrupt.taken() || interrupt.requested()) _exit(static_cast<int>(sagactl::ExitCode::interrupted));
    interrupt.request();
  }
}

sagactl::Environment environment_of_process() {
  sagactl::Environment environment;
  environment.working_directory = std::filesystem::current_path();
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos)
      environment.variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

// Whoever lists processes sees their arguments: from here on without passwords and tokens.
void hide_secrets(std::span<char*> arguments) {
  const std::vector<std::string> shown = sagactl::without_secrets(std::vector<std::string>(arguments.begin(), arguments.end()));
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const std::size_t room = std::strlen(arguments[i]);
    if (shown[i] == arguments[i]) continue;
    const std::size_t length = std::min(room, shown[i].size());
    std::memcpy(arguments[i], shown[i].data(), length);
    std::memset(arguments[i] + length, 0, room - length);
  }
}

int width_of_terminal() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

int main(int argc, char** argv) {
  static sagactl::Interrupt interrupt;  // the watching thread reads it until the process ends
  static sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::thread([] { watch_signals(signals, interrupt); }).detach();

  sagactl::Terminal terminal{std::cout, std::cerr, std::cin};
  terminal.out_is_tty = isatty(STDOUT_FILENO) != 0;
  terminal.err_is_tty = isatty(STDERR_FILENO) != 0;
  terminal.in_is_tty = isatty(STDIN_FILENO) != 0;
  terminal.width = width_of_terminal();
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  hide_secrets({argv + 1, argv + argc});
  return sagactl::run_command_line(arguments, terminal, environment_of_process(), interrupt);
}
