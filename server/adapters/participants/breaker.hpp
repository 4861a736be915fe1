// Leaves a participant alone that fails: it is not called until one call, a probe, has succeeded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/random.hpp"
#include "common/steady_time.hpp"

namespace sagactl {

class Breaker {
 public:
  // It opens after this many failures in a row, when nothing has succeeded for this long.
  static constexpr int failures_min = 5;
  static constexpr Duration failing_for = 1s;
  // The time without calls: doubled with every probe that fails, and shortened at random to half of it at the least, so
  // that the nodes of a cluster do not probe together.
  static constexpr Duration pause_min = 1s, pause_max = 30s;

  explicit Breaker(std::uint64_t seed) : random_(seed) {}

  bool is_open() const { return is_open_; }
  // Whether a call may be made now. Of an open one that is a probe: no other call is admitted until it has ended.
  bool admits(SteadyTime now);
  // Both of an admitted call that has ended.
  void succeeded(SteadyTime now);
  // True: it is open from now on. `was_probe`: it was open when the call was admitted.
  bool failed(SteadyTime now, std::string reason, bool was_probe);
  void abandoned() { is_probing_ = false; }  // the probe ended, and says nothing about the participant
  // Of an open one: "not called, since the last 5 calls failed (answered 503)". It may be the last word on a step, so
  // it promises no other call.
  std::string reason() const;

 private:
  void pause(SteadyTime now);

  Random random_;
  bool is_open_ = false, is_probing_ = false;
  int failures_ = 0;  // in a row
  Duration pause_ = pause_min;
  SteadyTime succeeded_at_{INT64_MIN / 2}, probe_at_{};
  std::string reason_;  // of the last failure
};

// For who reads the node's log: the participant is left alone from now on, and it is called as before.
void log_opened(std::string_view definition, std::string_view participant, const Breaker& breaker);
void log_closed(std::string_view definition, std::string_view participant);

}  // namespace sagactl
