// Ctrl-C, SIGTERM and SIGHUP as a stop token. A command that takes over interruptions ends when the token asks it to;
// any other command ends at once (main.cpp).
#pragma once

#include <atomic>
#include <stop_token>

#include "common/time.hpp"

namespace sagactl {

class Interrupt {
 public:
  // From now on the command handles interruptions.
  std::stop_token take_over() {
    taken_over_ = true;
    return source_.get_token();
  }
  bool taken_over() const { return taken_over_; }
  // The command ignores a SIGHUP, unless it comes from the terminal being closed.
  void ignore_hangup() { ignores_hangup_ = true; }
  bool ignores_hangup() const { return ignores_hangup_; }
  void request() { source_.request_stop(); }
  bool requested() const { return source_.stop_requested(); }

 private:
  std::stop_source source_;
  std::atomic<bool> taken_over_{false};
  std::atomic<bool> ignores_hangup_{false};
};

// Waits for `time`, or until `stop` is requested; returns false in the latter case.
bool pause(const std::stop_token& stop, Duration time);

// Waits until `stop` is requested.
void wait_for(const std::stop_token& stop);

}  // namespace sagactl
