#include "server/engine/engine_thread.hpp"

#include <algorithm>

namespace sagactl {
namespace {

// The longest sleep between turns, whatever the engine returns.
constexpr Duration sleep_max = 1s;

}  // namespace

EngineThread::EngineThread(Engine& engine, Clock& clock) : engine_(engine), clock_(clock) {
  engine_.on_work([this] {
    const std::lock_guard lock(mutex_);
    work_ = true;
    changed_.notify_one();
  });
  thread_ = std::thread([this] { run(); });
}

EngineThread::~EngineThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_one();
  }
  thread_.join();
  engine_.on_work(nullptr);
}

void EngineThread::run() {
  for (;;) {
    const SteadyTime due = engine_.turn();
    std::unique_lock lock(mutex_);
    const Duration wait = std::min(due - clock_.steady(), sleep_max);
    if (wait > Duration{0} && !work_ && !stopping_)
      changed_.wait_for(lock, wait, [this] { return work_ || stopping_; });
    work_ = false;
    if (stopping_) break;
  }
  engine_.stop();
}

}  // namespace sagactl
