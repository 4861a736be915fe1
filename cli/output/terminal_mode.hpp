// What a command has changed at the terminal: put back however the process ends, and while it is stopped by Ctrl-Z.
#pragma once

#include <termios.h>

#include <string>

namespace sagactl {

// One at a time. Where the input is no terminal, its settings are left alone.
class TerminalMode {
 public:
  struct Change {
    tcflag_t local_off = 0;  // flags of c_lflag that are switched off: ECHO, ICANON
    int text_to = -1;        // the descriptor that the texts below are written to
    std::string again;       // after a stop
    std::string undo;        // before a stop, and when a signal ends the process
  };

  TerminalMode(int input, Change change);
  ~TerminalMode();
  TerminalMode(const TerminalMode&) = delete;
  TerminalMode& operator=(const TerminalMode&) = delete;

  // For the thread that takes the signals. After `leave_permanently` no change is made any more.
  static void leave();
  static void enter_again();  // does nothing while the process is in the background
  static void leave_permanently();
};

}  // namespace sagactl
