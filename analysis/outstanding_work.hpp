// What a load test still waits for after its last request.
#pragma once

#include <cstdint>

namespace sagactl {

struct OutstandingWork {
  std::uint64_t orders = 0;     // not ended
  std::uint64_t lost = 0;       // accepted, but not in the database
  std::uint64_t timed_out = 0;  // requests that the server may still process, without an order so far
  std::uint64_t unclear = 0;    // requests with an error or an incomplete answer, without an order so far
  bool empty() const { return orders + lost + timed_out + unclear == 0; }
  friend bool operator==(const OutstandingWork&, const OutstandingWork&) = default;
};

}  // namespace sagactl
