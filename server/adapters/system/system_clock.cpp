#include "server/adapters/system/system_clock.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <ctime>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace sagactl {
namespace {

class SystemClock : public Clock {
 public:
  SystemClock() : thread_([this] { run(); }) {}

  ~SystemClock() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

  Timestamp now() const override { return wall_clock_now(); }
  // Also runs while the machine is suspended: delays that ended meanwhile are over when it resumes.
  SteadyTime steady() const override {
    timespec time{};
    clock_gettime(CLOCK_BOOTTIME, &time);
    return {std::int64_t{time.tv_sec} * 1'000'000 + time.tv_nsec / 1'000};
  }

  void after(Duration delay, std::function<void()> work) override {
    const auto due = Steady::now() + std::max(delay, Duration{0});
    bool is_first = false;
    {
      const std::lock_guard lock(mutex_);
      const auto entry = work_.emplace(due, std::move(work));
      is_first = entry == work_.begin();
    }
    if (is_first) changed_.notify_one();
  }

 private:
  using Steady = std::chrono::steady_clock;

  void run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      if (work_.empty()) {
        changed_.wait(lock);
        continue;
      }
      const auto due = work_.begin()->first;
      if (Steady::now() < due) {
        changed_.wait_until(lock, due);
        continue;
      }
      auto next = work_.extract(work_.begin());
      lock.unlock();
      next.mapped()();
      next = {};  // destroys what the work owns before the mutex is locked again
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::multimap<Steady::time_point, std::function<void()>> work_;  // equal times keep the order of scheduling
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace

std::unique_ptr<Clock> make_system_clock() {
  return std::make_unique<SystemClock>();
}

}  // namespace sagactl
