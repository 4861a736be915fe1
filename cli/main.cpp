// `sagactl`: connects the command line to the process' streams, environment and signals.
#include <fcntl.h>
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
#include "cli/output/file_output.hpp"
#include "cli/output/terminal_mode.hpp"
#include "common/log.hpp"
#include "common/text/secret_text.hpp"

extern char** environ;

namespace {

// Runs the signal's default action, once the terminal is restored: it ends or stops the process.
void run_default_action(int signal) {
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, signal);
  pthread_sigmask(SIG_UNBLOCK, &one, nullptr);
  raise(signal);
  pthread_sigmask(SIG_BLOCK, &one, nullptr);
}

// Whether the terminal from which the process was started still exists.
bool has_terminal() {
  const int file = ::open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);
  if (file >= 0) ::close(file);
  return file >= 0;
}

// The first signal asks a command that handles interruptions to end; the second ends the process.
void watch_signals(const sigset_t& signals, sagactl::Interrupt& interrupt, bool had_terminal) {
  using sagactl::TerminalMode;
  for (int signal = 0; sigwait(&signals, &signal) == 0;) {
    if (signal == SIGTSTP) {
      TerminalMode::leave();
      run_default_action(SIGTSTP);
      TerminalMode::enter_again();
      continue;
    }
    if (signal == SIGCONT) {
      TerminalMode::enter_again();
      continue;
    }
    if (signal == SIGQUIT) {
      TerminalMode::leave_permanently();
      run_default_action(SIGQUIT);
    }
    // Sent to daemons to make them reopen their log. From a closed terminal it ends the process.
    if (signal == SIGHUP && interrupt.ignores_hangup() && !(had_terminal && !has_terminal())) {
      sagactl::log_info("SIGHUP ignored", {{"why", "logs go to the error stream, and flags are read only at startup"}});
      continue;
    }
    if (!interrupt.taken_over() || interrupt.requested()) {
      TerminalMode::leave_permanently();
      _exit(static_cast<int>(sagactl::ExitCode::interrupted));
    }
    interrupt.request();
  }
}

// If one of the three were closed, the next file or connection would get its number, and the output with it.
void hold_standard_descriptors() {
  for (const int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(file, F_GETFD) < 0) (void)::open("/dev/null", file == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

// A signal that the parent process set to be ignored (nohup) stays ignored. Not SIGINT: shells ignore it for background
// processes, but it is how a script asks one of them to end.
void take_signals(sigset_t& signals) {
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT}) {
    struct sigaction action {};
    if (sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN && signal != SIGTERM &&
        signal != SIGINT)
      continue;
    sigaddset(&signals, signal);
  }
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // These would end the process. Without SIGXFSZ, a write beyond the limit on file sizes returns an error instead.
  for (const int signal : {SIGPIPE, SIGUSR1, SIGUSR2, SIGXFSZ}) std::signal(signal, SIG_IGN);
}

sagactl::Environment environment_of_process() {
  sagactl::Environment environment;
  std::error_code removed;
  environment.working_directory = std::filesystem::current_path(removed);
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos)
      environment.variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

// The process list shows the arguments of a process: removes passwords and tokens from them.
void hide_secrets(std::span<char*> arguments) {
  const std::vector<std::string> shown =
      sagactl::without_secrets(std::vector<std::string>(arguments.begin(), arguments.end()));
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const std::size_t space = std::strlen(arguments[i]);
    if (shown[i] == arguments[i]) continue;
    const std::size_t length = std::min(space, shown[i].size());
    std::memcpy(arguments[i], shown[i].data(), length);
    std::memset(arguments[i] + length, 0, space - length);
  }
}

int columns_of(int terminal) {
  winsize size{};
  return ioctl(terminal, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

int lines_of(int terminal) {
  winsize size{};
  return ioctl(terminal, TIOCGWINSZ, &size) == 0 ? size.ws_row : 0;
}

}  // namespace

int main(int argc, char** argv) {
  static sagactl::Interrupt interrupt;  // used by the signal thread until the process ends
  static sigset_t signals;
  hold_standard_descriptors();
  take_signals(signals);
  std::thread([had_terminal = has_terminal()] { watch_signals(signals, interrupt, had_terminal); }).detach();

  sagactl::FileOutput output(STDOUT_FILENO);
  std::ostream out(&output);
  std::cerr.tie(&out);  // keeps the order of what both streams write
  std::cin.tie(&out);
  sagactl::Terminal terminal{out, std::cerr, std::cin};
  terminal.out_is_tty = isatty(STDOUT_FILENO) != 0;
  terminal.err_is_tty = isatty(STDERR_FILENO) != 0;
  terminal.in_is_tty = isatty(STDIN_FILENO) != 0;
  terminal.measure_out = [] { return columns_of(STDOUT_FILENO); };
  terminal.measure_err = [] { return columns_of(STDERR_FILENO); };
  terminal.measure_lines = [] { return lines_of(STDOUT_FILENO); };
  terminal.finish_out = [&output] { return output.finish(); };
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  hide_secrets({argv + 1, argv + argc});
  const int code = sagactl::run_command_line(arguments, terminal, environment_of_process(), interrupt);
  std::cerr.tie(nullptr);
  std::cin.tie(nullptr);
  return code;
}
