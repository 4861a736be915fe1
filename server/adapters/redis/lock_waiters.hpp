// The waiters for locks in this process: one queue for each key, whose first waiter tries to acquire the lock. So
// however many wait here, Redis gets one request for each key. The first waiter tries again when the lock is released,
// or after a pause that grows and is partly random. All on the loop's thread.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/random.hpp"
#include "server/adapters/redis/event_loop.hpp"
#include "server/adapters/redis/lock_keys.hpp"
#include "server/adapters/redis/lock_scripts.hpp"
#include "server/ports/lock.hpp"

namespace sagactl::redis {

class LockWaiters {
 public:
  struct LockWaiter {
    std::string holder;
    Duration ttl{};
    EventLoop::Time until;  // when it gives up
    Lock::Granted done;
    std::uint64_t number = 0;
  };

  LockWaiters(EventLoop& loop, RedisSession& session, LockScripts& scripts, const LockKeys& keys, std::uint64_t seed);

  void join(const std::string& key, LockWaiter waiter);
  void retry(const std::string& key);  // it may have been released
  // Fails all waiters but those whose request is pending: its reply will come.
  void fail_all(const Error& why);
  // Releases what Redis may have granted in replies that never came.
  void release_in_doubt();

  std::int64_t highest_token() const { return highest_token_; }

 private:
  struct WaitQueue {
    std::deque<LockWaiter> waiters;
    bool trying = false;        // the first waiter's request is pending
    bool released = false;      // meanwhile
    std::uint64_t attempt = 0;  // the timer of an earlier one does nothing
    Duration pause{};
  };

  void try_acquire(const std::string& key);
  void answered(const std::string& key, const std::string& request_id, const redisReply* reply);
  void granted(const std::string& key, const redisReply& reply);
  void still_held(const std::string& key, std::int64_t left_ms);
  void failed(const std::string& key, const Error& why);
  void schedule_retry(const std::string& key, WaitQueue& queue, std::int64_t left_ms, EventLoop::Time now);
  void expire(const std::string& key, std::uint64_t number);
  LockWaiter take_first(const std::string& key);

  EventLoop& loop_;
  RedisSession& session_;
  LockScripts& scripts_;
  const LockKeys& keys_;
  Random random_;
  const std::string client_;
  std::unordered_map<std::string, WaitQueue> queues_;
  std::deque<std::pair<std::string, std::string>> in_doubt_;  // key and request id
  std::size_t waiting_ = 0;                                   // in all queues
  std::uint64_t last_number_ = 0, last_attempt_ = 0;
  std::int64_t highest_token_ = 0;
};

}  // namespace sagactl::redis
