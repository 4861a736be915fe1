#include "cli/interrupt.hpp"

#include <condition_variable>
#include <mutex>

namespace sagactl {

bool pause(const std::stop_token& stop, Duration time) {
  std::mutex mutex;
  std::condition_variable_any wakened;
  std::unique_lock lock(mutex);
  wakened.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

void wait_for(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wakened;
  std::unique_lock lock(mutex);
  wakened.wait(lock, stop, [] { return false; });
}

}  // namespace sagactl
