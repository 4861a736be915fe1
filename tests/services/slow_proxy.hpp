// A way to a server on this machine on which every answer takes as long as it is told to.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

namespace sagactl {

class SlowProxy {
 public:
  explicit SlowProxy(std::uint16_t to);
  ~SlowProxy();
  SlowProxy(const SlowProxy&) = delete;

  std::uint16_t port() const { return port_; }
  void delay(std::chrono::milliseconds delay) { delay_ = delay; }

 private:
  void accept();
  void pass(int from, int to, bool slowly);

  const std::uint16_t to_;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  std::atomic<std::chrono::milliseconds> delay_{};
  std::vector<int> sockets_;  // of the accepting thread, while it runs
  std::vector<std::thread> passing_;
  std::thread accepting_;
};

}  // namespace sagactl
