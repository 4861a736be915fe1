#include "server/adapters/memory/memory_lock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <list>
#include <map>
#include <mutex>
#include <set>
#include <unordered_map>
#include <utility>

#include "server/ports/database_clock.hpp"

namespace sagactl {
namespace {

using Done = Lock::Granted;

struct MemoryWaiter {
  std::uint64_t number = 0;
  std::string holder;
  Duration ttl{};
  Done done;
};

struct Held {
  LockGrant grant;
  SteadyTime expires_at;
  std::list<MemoryWaiter> waiters;  // mostly none, and then it needs no memory
};

// Callbacks are collected under the mutex and called after it is released: they may call this lock.
using Answers = std::vector<std::pair<Done, Result<LockGrant>>>;

void give(Answers& answers) {
  for (auto& [done, answer] : answers) done(std::move(answer));
}

// Shared with the timers, which may outlive the lock.
class LockTable : public std::enable_shared_from_this<LockTable> {
 public:
  LockTable(Clock& clock, LockReach reach, Timestamp last) : clock_(clock), time_(clock, last), reach_(reach) {}

  void acquire(const std::string& key, const std::string& holder, Duration ttl, Duration wait_max, Done done) {
    Answers answers;
    {
      const std::lock_guard lock(mutex_);
      const SteadyTime now = clock_.steady();
      expire(now, answers);
      MemoryWaiter waiter{++waiters_, holder, ttl, std::move(done)};
      const auto held = held_.find(key);
      if (held == held_.end())
        grant(held_[key], key, std::move(waiter), now, answers);
      else if (wait_max <= Duration{0})
        answers.emplace_back(std::move(waiter.done), busy(key));
      else
        wait(held->second, std::move(waiter), wait_max, now);
    }
    give(answers);
  }

  bool renew(const LockGrant& grant, Duration ttl) {
    const std::lock_guard lock(mutex_);
    const SteadyTime now = clock_.steady();
    Held* held = find(grant, now);
    if (!held) return false;
    expiries_.erase({held->expires_at, grant.key});
    held->grant.ttl = ttl;
    held->expires_at = now + ttl;
    expiries_.insert({held->expires_at, grant.key});
    if (!held->waiters.empty()) watch(ttl);
    return true;
  }

  bool release(const LockGrant& grant) {
    Answers answers;
    bool released = false;
    {
      const std::lock_guard lock(mutex_);
      const SteadyTime now = clock_.steady();
      if (find(grant, now)) {
        grant_next(grant.key, now, answers);
        released = true;
      }
    }
    give(answers);
    return released;
  }

  std::vector<LockState> held(std::size_t limit) {
    const std::lock_guard lock(mutex_);
    const SteadyTime now = clock_.steady();
    std::vector<LockState> states;
    for (const auto& [key, held] : held_)
      if (held.expires_at > now) states.push_back(state_of(held, now));
    std::sort(states.begin(), states.end(),
              [](const LockState& a, const LockState& b) { return a.fencing_token < b.fencing_token; });
    if (states.size() > limit) states.resize(limit);
    return states;
  }

  std::vector<LockState> state(const std::string& key) {
    const std::lock_guard lock(mutex_);
    const SteadyTime now = clock_.steady();
    const auto held = held_.find(key);
    if (held == held_.end() || held->second.expires_at <= now) return {};
    return {state_of(held->second, now)};
  }

  void close() {
    Answers answers;
    {
      const std::lock_guard lock(mutex_);
      for (auto& [key, held] : held_)
        for (MemoryWaiter& waiter : held.waiters)
          answers.emplace_back(std::move(waiter.done), Error{ErrorCode::unavailable, "the locks are being shut down"});
      held_.clear();
      expiries_.clear();
    }
    give(answers);
  }

 private:
  static Error busy(const std::string& key) {
    return Error{ErrorCode::busy, fmt::format("the lock {} is held by another; try later", key)};
  }

  static LockState state_of(const Held& held, SteadyTime now) {
    const LockGrant& grant = held.grant;
    return {grant.key, grant.holder, grant.fencing_token, grant.acquired_at, held.expires_at - now};
  }

  Held* find(const LockGrant& grant, SteadyTime now) {
    const auto held = held_.find(grant.key);
    if (held == held_.end() || held->second.grant.fencing_token != grant.fencing_token) return nullptr;
    return held->second.expires_at > now ? &held->second : nullptr;
  }

  void grant(Held& held, const std::string& key, MemoryWaiter to, SteadyTime now, Answers& answers) {
    const Timestamp acquired_at = time_.now();
    last_token_ = std::max(last_token_ + 1, acquired_at.us);
    held.grant = {key, std::move(to.holder), last_token_, acquired_at, to.ttl, reach_ == LockReach::all_writers};
    held.expires_at = now + to.ttl;
    expiries_.insert({held.expires_at, key});
    if (!held.waiters.empty()) watch(to.ttl);
    answers.emplace_back(std::move(to.done), held.grant);
  }

  // The lock `key` has lost its holder: the first waiter gets it.
  void grant_next(const std::string& key, SteadyTime now, Answers& answers) {
    const auto entry = held_.find(key);
    Held& held = entry->second;
    expiries_.erase({held.expires_at, key});
    if (held.waiters.empty()) {
      held_.erase(entry);
      return;
    }
    MemoryWaiter next = std::move(held.waiters.front());
    held.waiters.pop_front();
    grant(held, std::string(key), std::move(next), now, answers);
  }

  void expire(SteadyTime now, Answers& answers) {
    while (!expiries_.empty() && expiries_.begin()->first <= now)
      grant_next(std::string(expiries_.begin()->second), now, answers);
  }

  void wait(Held& held, MemoryWaiter waiter, Duration wait_max, SteadyTime now) {
    if (held.waiters.empty()) watch(held.expires_at - now);
    clock_.after(wait_max, [weak = weak_from_this(), key = held.grant.key, number = waiter.number] {
      if (const auto table = weak.lock()) table->time_out(key, number);
    });
    held.waiters.push_back(std::move(waiter));
  }

  // Locks run out by themselves when the next call looks; only somebody who waits needs them to run out in
  // time.
  void watch(Duration delay) {
    clock_.after(delay, [weak = weak_from_this()] {
      if (const auto table = weak.lock()) table->look();
    });
  }

  void look() {
    Answers answers;
    {
      const std::lock_guard lock(mutex_);
      expire(clock_.steady(), answers);
    }
    give(answers);
  }

  void time_out(const std::string& key, std::uint64_t number) {
    Answers answers;
    {
      const std::lock_guard lock(mutex_);
      expire(clock_.steady(), answers);
      const auto held = held_.find(key);
      if (held != held_.end()) {
        std::list<MemoryWaiter>& waiters = held->second.waiters;
        const auto waiter = std::find_if(waiters.begin(), waiters.end(),
                                         [number](const MemoryWaiter& each) { return each.number == number; });
        if (waiter != waiters.end()) {
          answers.emplace_back(std::move(waiter->done), busy(key));
          waiters.erase(waiter);
        }
      }
    }
    give(answers);
  }

  Clock& clock_;
  const DatabaseClock time_;  // for the times of grants
  const LockReach reach_;
  std::mutex mutex_;
  std::unordered_map<std::string, Held> held_;
  std::set<std::pair<SteadyTime, std::string>> expiries_;
  std::int64_t last_token_ = 0;
  std::uint64_t waiters_ = 0;  // that ever were: the next one's number
};

class MemoryLock : public Lock {
 public:
  MemoryLock(Clock& clock, LockReach reach, Timestamp last) : table_(std::make_shared<LockTable>(clock, reach, last)) {}
  ~MemoryLock() override { table_->close(); }

  void acquire(const std::string& key, const std::string& holder, Duration ttl, Duration wait_max,
               Granted done) override {
    table_->acquire(key, holder, ttl, wait_max, std::move(done));
  }
  void renew(const LockGrant& grant, Duration ttl, Changed done) override { done(table_->renew(grant, ttl)); }
  void release(const LockGrant& grant, Changed done) override { done(table_->release(grant)); }
  void held(std::size_t limit, Listed done) override { done(table_->held(limit)); }
  void state(const std::string& key, Listed done) override { done(table_->state(key)); }
  Result<Duration> availability() const override { return Duration{0}; }

 private:
  std::shared_ptr<LockTable> table_;
};

}  // namespace

std::unique_ptr<Lock> make_memory_lock(Clock& clock, LockReach reach, Timestamp last) {
  return std::make_unique<MemoryLock>(clock, reach, last);
}

}  // namespace sagactl
