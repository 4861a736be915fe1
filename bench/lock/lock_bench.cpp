// What a lock in Redis costs: one caller after the other, and many at once over the one connection.
//   redis-server --port 6399 --save "" & bench_lock redis://127.0.0.1:6399
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <vector>

#include "server/adapters/redis/redis_lock.hpp"

namespace {

using namespace sagactl;
using Steady = std::chrono::steady_clock;

constexpr int alone = 5000, together = 100'000, at_once = 500;

double milliseconds(Steady::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

// Each takes its own key: nobody waits for another.
void one_after_the_other(Lock& lock) {
  std::vector<double> took;
  for (int i = 0; i < alone; ++i) {
    std::promise<void> released;
    const auto began = Steady::now();
    lock.acquire("bench:" + std::to_string(i), "bench", 10s, 0s, [&](Result<LockGrant> grant) {
      took.push_back(milliseconds(Steady::now() - began));
      lock.release(grant.value(), [&](const Result<bool>&) { released.set_value(); });
    });
    released.get_future().wait();
  }
  std::sort(took.begin(), took.end());
  fmt::print("one after the other: acquire p50 {:.3f} ms, p99 {:.3f} ms, of {}\n", took[took.size() / 2],
             took[took.size() * 99 / 100], took.size());
}

class Crowd {
 public:
  explicit Crowd(Lock& lock) : lock_(lock) {}

  void run() {
    took_.reserve(together);
    const auto began = Steady::now();
    for (int i = 0; i < at_once; ++i) next();
    finished_.get_future().wait();
    const double seconds = milliseconds(Steady::now() - began) / 1000;
    std::sort(took_.begin(), took_.end());
    fmt::print("{} at once: {:.0f} pairs of acquire and release a second; ", at_once, together / seconds);
    fmt::print("acquire p50 {:.2f} ms, p99 {:.2f} ms; {} failed\n", took_[took_.size() / 2],
               took_[took_.size() * 99 / 100], failed_);
  }

 private:
  void next() {
    const int number = started_++;
    if (number >= together) return;
    const auto began = Steady::now();
    lock_.acquire("bench:" + std::to_string(number), "bench", 10s, 0s, [this, began](Result<LockGrant> grant) {
      took_.push_back(milliseconds(Steady::now() - began));
      if (!grant) return end(false);
      lock_.release(*grant, [this](const Result<bool>& released) { end(released.ok()); });
    });
  }
  void end(bool fine) {
    if (!fine) ++failed_;
    if (++ended_ == together) return finished_.set_value();
    next();
  }

  Lock& lock_;
  std::atomic<int> started_{0};
  int ended_ = 0, failed_ = 0;  // on the lock's thread, as is `took_`
  std::vector<double> took_;
  std::promise<void> finished_;
};

}  // namespace

int main(int argc, char** argv) {
  RedisLockOptions options;
  const auto address = parse_redis_url(argc > 1 ? argv[1] : "redis://127.0.0.1:6379");
  if (!address) return fmt::print(stderr, "{}\n", address.error().message), 1;
  options.address = *address;
  options.prefix = "bench:lock:";
  options.answer_timeout = 5s;
  const auto lock = make_redis_lock(options);
  if (!lock || !(*lock)->availability()) return fmt::print(stderr, "there is no Redis at {}\n", address->shown()), 1;
  one_after_the_other(**lock);
  Crowd(**lock).run();
}
