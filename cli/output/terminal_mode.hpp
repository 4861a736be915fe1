// Changes to the terminal by a command. Undone however the process ends, and while it is stopped by Ctrl-Z.
#pragma once

#include <termios.h>

#include <string>

namespace sagactl {

// One at a time. Changes no settings when the input is not a terminal.
class TerminalMode {
 public:
  struct Change {
    tcflag_t local_off = 0;  // flags of c_lflag that are switched off: ECHO, ICANON
    int text_to = -1;        // the descriptor that the texts below are written to
    std::string on_enter;    // written after a stop
    std::string on_leave;    // written before a stop, and when a signal ends the process
  };

  TerminalMode(int input, Change change);
  ~TerminalMode();
  TerminalMode(const TerminalMode&) = delete;
  TerminalMode& operator=(const TerminalMode&) = delete;

  // For the signal thread. After leave_permanently() the terminal is not changed any more.
  static void leave();
  static void enter_again();  // does nothing while the process is in the background
  static void leave_permanently();
};

}  // namespace sagactl
