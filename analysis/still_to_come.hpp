// What a load test that is over still waits for.
#pragma once

#include <cstdint>

namespace sagactl {

// What may yet come of a run, as far as it was looked at.
struct StillToCome {
  std::uint64_t orders = 0;     // that have not ended
  std::uint64_t lost = 0;       // accepted, and not there
  std::uint64_t timed_out = 0;  // requests that the server may still have, and that nothing is there of
  std::uint64_t unclear = 0;    // requests that got an error or none but half an answer, and that nothing is there of
  bool nothing() const { return orders + lost + timed_out + unclear == 0; }
  friend bool operator==(const StillToCome&, const StillToCome&) = default;
};

}  // namespace sagactl
