// A lock that reports how long its callers waited.
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
               Granted done) override {
    const SteadyTime began = clock_.steady();
    lock_.acquire(key, holder, ttl, patience, [this, began, done = std::move(done)](Result<LockGrant> grant) {
      if (grant) observe_(clock_.steady() - began);
      done(std::move(grant));
    });
  }
  void renew(const LockGrant& grant, Duration ttl, Changed done) override { lock_.renew(grant, ttl, std::move(done)); }
  void release(const LockGrant& grant, Changed done) override { lock_.release(grant, std::move(done)); }
  void held(std::size_t limit, Listed done) override { lock_.held(limit, std::move(done)); }
  void state(const std::string& key, Listed done) override { lock_.state(key, std::move(done)); }
  Result<Duration> availability() const override { return lock_.availability(); }

 private:
  Lock& lock_;
  Clock& clock_;
  const std::function<void(Duration)> observe_;
};

}  // namespace sagactl::api
