// How tests wait for what other threads and processes do.
#pragma once

#include <chrono>
#include <thread>

namespace sagactl {

// Only what hangs meets this limit: no machine is so slow.
inline constexpr std::chrono::seconds hang_limit{90};

// Asks again and again until `is_so`. False when it has not become so before the limit.
template <class Condition>
bool eventually(const Condition& is_so, std::chrono::milliseconds pause = std::chrono::milliseconds(10)) {
  const auto end = std::chrono::steady_clock::now() + hang_limit;
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(pause);
  }
  return true;
}

}  // namespace sagactl
