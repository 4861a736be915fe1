#include "cli/output/terminal_mode.hpp"

#include <signal.h>
#include <unistd.h>

#include <mutex>
#include <utility>

namespace sagactl {
namespace {

// One per process, because signals are per process.
struct ActiveMode {
  std::mutex mutex;
  bool exists = false;   // there is a TerminalMode
  bool entered = false;  // its changes are in effect
  bool ending = false;
  bool has_settings = false;
  int input = -1;
  termios before{};
  TerminalMode::Change change;
};

ActiveMode& active_mode() {
  static ActiveMode active;
  return active;
}

// A background process that changes the terminal is stopped by SIGTTOU, unless the signal is blocked.
void set_terminal(int input, const termios& settings, int when) {
  sigset_t stop, before;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTTOU);
  pthread_sigmask(SIG_BLOCK, &stop, &before);
  ::tcsetattr(input, when, &settings);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void apply(ActiveMode& active, int when) {
  active.entered = true;
  if (!active.has_settings) return;
  termios changed = active.before;
  changed.c_lflag &= ~active.change.local_off;
  set_terminal(active.input, changed, when);
}

void undo(ActiveMode& active, int when) {
  active.entered = false;
  if (active.has_settings) set_terminal(active.input, active.before, when);
}

void write_text(const ActiveMode& active, const std::string& text) {
  if (active.change.text_to < 0 || text.empty()) return;
  const ssize_t ignored = ::write(active.change.text_to, text.data(), text.size());
  (void)ignored;
}

void leave_with_text(ActiveMode& active) {
  if (!active.exists || !active.entered) return;
  undo(active, TCSADRAIN);
  write_text(active, active.change.on_leave);
}

}  // namespace

TerminalMode::TerminalMode(int input, Change change) {
  ActiveMode& active = active_mode();
  const std::lock_guard lock(active.mutex);
  active.input = input;
  active.change = std::move(change);
  active.has_settings = active.change.local_off != 0 && ::tcgetattr(input, &active.before) == 0;
  active.exists = true;
  if (!active.ending) apply(active, TCSAFLUSH);
}

TerminalMode::~TerminalMode() {
  ActiveMode& active = active_mode();
  const std::lock_guard lock(active.mutex);
  if (active.entered) undo(active, TCSADRAIN);
  active.exists = false;
}

void TerminalMode::leave() {
  ActiveMode& active = active_mode();
  const std::lock_guard lock(active.mutex);
  leave_with_text(active);
}

void TerminalMode::enter_again() {
  ActiveMode& active = active_mode();
  const std::lock_guard lock(active.mutex);
  if (!active.exists || active.entered || active.ending) return;
  if (::tcgetpgrp(active.input) != ::getpgrp() && ::isatty(active.input) != 0) return;
  apply(active, TCSAFLUSH);
  write_text(active, active.change.on_enter);
}

void TerminalMode::leave_permanently() {
  ActiveMode& active = active_mode();
  const std::lock_guard lock(active.mutex);
  leave_with_text(active);
  active.ending = true;
}

}  // namespace sagactl
