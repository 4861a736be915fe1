#include "server/adapters/redis/lock_waiters.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "server/adapters/redis/redis_error.hpp"
#include "server/adapters/redis/redis_reply.hpp"

namespace sagactl::redis {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t waiting_max = 20'000;  // in all queues
constexpr std::size_t in_doubt_max = 1000;   // more are left to their time to live
constexpr Duration pause_min = 10ms, pause_max = 250ms;
// How long after a waiter's latest attempt a release is published.
constexpr milliseconds waiter_entry_ttl = milliseconds(750);

std::string in_ms(Duration duration) {
  return std::to_string(std::max<std::int64_t>(1, std::chrono::ceil<milliseconds>(duration).count()));
}

Error busy(const std::string& key) {
  return Error{ErrorCode::busy, fmt::format("the lock {} is held; try again later", key)};
}

}  // namespace

LockWaiters::LockWaiters(EventLoop& loop, RedisSession& session, LockScripts& scripts, const LockKeys& keys,
                         std::uint64_t seed)
    : loop_(loop),
      session_(session),
      scripts_(scripts),
      keys_(keys),
      random_(seed),
      client_(fmt::format("{:016x}", random_.next())) {}

void LockWaiters::join(const std::string& key, LockWaiter waiter) {
  if (waiting_ >= waiting_max) {
    waiter.done(Error{ErrorCode::unavailable, fmt::format("{} callers already wait for locks", waiting_)});
    return;
  }
  WaitQueue& queue = queues_[key];
  const auto now = EventLoop::Steady::now();
  if (!queue.waiters.empty() && waiter.until <= now) {
    waiter.done(busy(key));
    return;
  }
  waiter.number = ++last_number_;
  ++waiting_;
  if (!queue.waiters.empty())
    loop_.after(waiter.until - now, [this, key, number = waiter.number] { expire(key, number); });
  queue.waiters.push_back(std::move(waiter));
  if (queue.waiters.size() == 1) try_acquire(key);
}

void LockWaiters::retry(const std::string& key) {
  const auto queue = queues_.find(key);
  if (queue == queues_.end()) return;
  if (queue->second.trying)
    queue->second.released = true;
  else
    try_acquire(key);
}

void LockWaiters::try_acquire(const std::string& key) {
  WaitQueue& queue = queues_.at(key);
  queue.trying = true;
  queue.released = false;
  queue.attempt = ++last_attempt_;
  const LockWaiter& first = queue.waiters.front();
  const bool goes_on_waiting = first.until > EventLoop::Steady::now();
  std::string request_id = fmt::format("{}-{}", client_, queue.attempt);
  // Without a connection the callback comes before this returns: nothing here may be used afterwards.
  scripts_.run(LockScript::acquire, {keys_.lock(key), keys_.token(), keys_.waiting(key)},
               {first.holder, in_ms(first.ttl), std::to_string(highest_token_),
                goes_on_waiting ? std::to_string(waiter_entry_ttl.count()) : "0", request_id},
               [this, key, request_id](const redisReply* reply) { answered(key, request_id, reply); });
}

void LockWaiters::answered(const std::string& key, const std::string& request_id, const redisReply* reply) {
  queues_.at(key).trying = false;
  if (!reply) {
    in_doubt_.emplace_back(key, request_id);
    if (in_doubt_.size() > in_doubt_max) in_doubt_.pop_front();
    failed(key, error_of_reply(nullptr));
  } else if (is_error(*reply)) {
    if (is_fatal_to_connection(*reply)) session_.drop_for(*reply);
    Error why = error_of_reply(reply);
    why.code = ErrorCode::unavailable;
    failed(key, why);
  } else if (size(*reply) == 2) {
    granted(key, *reply);
  } else {
    still_held(key, integer(*reply).value_or(0));
  }
}

void LockWaiters::granted(const std::string& key, const redisReply& reply) {
  LockWaiter waiter = take_first(key);
  LockGrant grant{key, std::move(waiter.holder), integer(*element(reply, 0)).value_or(0),
                  Timestamp{integer(*element(reply, 1)).value_or(0)}, waiter.ttl};
  highest_token_ = std::max(highest_token_, grant.fencing_token);
  waiter.done(std::move(grant));
  if (queues_.contains(key)) try_acquire(key);
}

void LockWaiters::still_held(const std::string& key, std::int64_t left_ms) {
  WaitQueue& queue = queues_.at(key);
  const auto now = EventLoop::Steady::now();
  if (queue.waiters.front().until > now) {
    if (queue.released)
      try_acquire(key);
    else
      schedule_retry(key, queue, left_ms, now);
    return;
  }
  take_first(key).done(busy(key));
  if (queues_.contains(key)) try_acquire(key);
}

// After the pause, or when the lock expires, or for the last time when the waiter gives up.
void LockWaiters::schedule_retry(const std::string& key, WaitQueue& queue, std::int64_t left_ms, EventLoop::Time now) {
  queue.pause = std::clamp(queue.pause * 2, pause_min, pause_max);
  const auto half = static_cast<std::uint64_t>(queue.pause.count() / 2);
  EventLoop::Steady::duration delay = Duration{static_cast<std::int64_t>(half + random_.below(half + 1))};
  if (left_ms >= 0) delay = std::min<EventLoop::Steady::duration>(delay, milliseconds(left_ms + 1));
  delay = std::min(delay, queue.waiters.front().until - now);
  loop_.after(delay, [this, key, attempt = queue.attempt] {
    const auto found = queues_.find(key);
    if (found != queues_.end() && found->second.attempt == attempt && !found->second.trying) try_acquire(key);
  });
}

void LockWaiters::failed(const std::string& key, const Error& why) {
  auto queue = queues_.extract(key);
  waiting_ -= queue.mapped().waiters.size();
  for (const LockWaiter& waiter : queue.mapped().waiters) waiter.done(why);
}

// The first of a queue is left to its last attempt.
void LockWaiters::expire(const std::string& key, std::uint64_t number) {
  const auto queue = queues_.find(key);
  if (queue == queues_.end() || queue->second.waiters.front().number == number) return;
  auto& waiters = queue->second.waiters;
  const auto waiter =
      std::find_if(waiters.begin(), waiters.end(), [number](const LockWaiter& each) { return each.number == number; });
  if (waiter == waiters.end()) return;
  const Lock::Granted done = std::move(waiter->done);
  waiters.erase(waiter);
  --waiting_;
  done(busy(key));
}

LockWaiters::LockWaiter LockWaiters::take_first(const std::string& key) {
  const auto queue = queues_.find(key);
  LockWaiter first = std::move(queue->second.waiters.front());
  queue->second.waiters.pop_front();
  queue->second.pause = {};
  if (queue->second.waiters.empty()) queues_.erase(queue);
  --waiting_;
  return first;
}

void LockWaiters::fail_all(const Error& why) {
  std::vector<std::string> keys;
  for (const auto& [key, queue] : queues_)
    if (!queue.trying) keys.push_back(key);
  for (const std::string& key : keys) failed(key, why);
}

void LockWaiters::release_in_doubt() {
  for (const auto& [key, request_id] : std::exchange(in_doubt_, {}))
    scripts_.run(LockScript::release, {keys_.lock(key), keys_.waiting(key)}, {request_id, keys_.channel(), key},
                 [](const redisReply*) {});
}

}  // namespace sagactl::redis
