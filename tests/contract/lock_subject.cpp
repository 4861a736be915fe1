#include "tests/contract/lock_subject.hpp"

#include "common/id.hpp"
#include "server/adapters/memory/memory_lock.hpp"
#include "server/adapters/redis/redis_lock.hpp"
#include "server/adapters/simulated/simulated_clock.hpp"
#include "tests/services/redis_server.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

class MemoryLockSubject final : public LockSubject {
 public:
  MemoryLockSubject() { restart(); }
  Lock& lock() override { return *lock_; }
  void end() override {
    lock_.reset();
    clock_.advance(100s);  // timers that fire find no waiter
  }
  void restart() override {
    clock_.advance(1ms);
    lock_ = make_memory_lock(clock_);
  }
  Timestamp now() const override { return clock_.now(); }
  bool eventually(const std::function<bool()>& is_so) override {
    constexpr int steps_max = 2000;
    for (int i = 0; i < steps_max && !is_so(); ++i) clock_.advance(100ms);
    return is_so();
  }
  Duration unit() const override { return 1s; }

 private:
  SimulatedClock clock_;
  std::unique_ptr<Lock> lock_;
};

class RedisSubject final : public LockSubject {
 public:
  explicit RedisSubject(const RedisServer& server) : prefix_("test:" + OrderId::fresh().text() + ":") {
    options_.address.port = server.port();
    options_.prefix = prefix_;
    options_.answer_timeout = hang_limit;  // on a busy machine; an unresponsive Redis is tested elsewhere
    restart();
  }
  Lock& lock() override { return *lock_; }
  void end() override { lock_.reset(); }
  void restart() override {
    ++options_.seed;
    lock_ = make_redis_lock(options_).value();
  }
  Timestamp now() const override { return wall_clock_now(); }
  bool eventually(const std::function<bool()>& is_so) override { return sagactl::eventually(is_so); }
  Duration unit() const override { return 200ms; }

 private:
  const std::string prefix_;
  RedisLockOptions options_;
  std::unique_ptr<Lock> lock_;
};

}  // namespace

std::unique_ptr<LockSubject> memory_lock_subject() {
  return std::make_unique<MemoryLockSubject>();
}

std::unique_ptr<LockSubject> redis_lock_subject() {
  if (!RedisServer::is_installed()) return nullptr;
  static const RedisServer server;
  return std::make_unique<RedisSubject>(server);
}

}  // namespace sagactl
