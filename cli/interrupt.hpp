// Ctrl-C, SIGTERM and SIGHUP, as a stop token. A command that takes the token ends in its own way; for all others the
// program ends at once (main.cpp).
#pragma once

#include <atomic>
#include <stop_token>

#include "common/time.hpp"

namespace sagactl {

class Interrupt {
 public:
  // From now on an interruption is this command's to deal with.
  std::stop_token take() {
    taken_ = true;
    return source_.get_token();
  }
  bool taken() const { return taken_; }
  // A SIGHUP that does not come of a closed terminal is nothing to this command.
  void ignore_hangup() { ignores_hangup_ = true; }
  bool ignores_hangup() const { return ignores_hangup_; }
  void request() { source_.request_stop(); }
  bool requested() const { return source_.stop_requested(); }

 private:
  std::stop_source source_;
  std::atomic<bool> taken_{false};
  std::atomic<bool> ignores_hangup_{false};
};

// Waits for so long, or until `stop` is requested. Was it the time that ended it?
bool pause(const std::stop_token& stop, Duration time);

// Waits until `stop` is requested.
void wait_for(const std::stop_token& stop);

}  // namespace sagactl
