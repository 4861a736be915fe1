// A lock that tells how long its callers waited.
#pragma once

#include <functional>

#include "server/ports/clock.hpp"
#include "server/ports/lock.hpp"

namespace sagactl::api {

class MeasuredLock final : public Lock {
 public:
  // `lock` and `clock` outlive this; `observe` is called from any thread for every grant.
  MeasuredLock(Lock& lock, Clock& clock, std::function<void(Duration)> observe)
      : lock_(lock), clock_(clock), observe_(std::move(observe)) {}

  void acquire(const std::string& key, const std::string& holder, Duration ttl, Duration patience,
               std::function<void(Result<LockGrant>)> done) override {
    const Timestamp began = clock_.now();
    lock_.acquire(key, holder, ttl, patience, [this, began, done = std::move(done)](Result<LockGrant> grant) {
      if (grant) observe_(clock_.now() - began);
      done(std::move(grant));
    });
  }
  Result<bool> renew(const LockGrant& grant, Duration ttl) override { return lock_.renew(grant, ttl); }
  Result<bool> release(const LockGrant& grant) override { return lock_.release(grant); }
  Result<std::vector<LockState>> held(std::size_t limit) override { return lock_.held(limit); }
  Result<std::vector<LockState>> state(const std::string& key) override { return lock_.state(key); }

 private:
  Lock& lock_;
  Clock& clock_;
  const std::function<void(Duration)> observe_;
};

}  // namespace sagactl::api
