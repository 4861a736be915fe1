// Locks with a time to live and fencing tokens. A lock makes duplicates cheap to refuse; it is never what
// makes them impossible: the database's unique key is.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/result.hpp"
#include "common/time.hpp"

namespace sagactl {

struct LockGrant {
  std::string key;
  std::string holder;
  std::int64_t fencing_token = 0;  // greater than that of every earlier grant of this key, also after a restart
  Timestamp acquired_at;
  Duration ttl{};
};

struct LockState {
  std::string key;
  std::string holder;
  std::int64_t fencing_token = 0;
  Timestamp acquired_at;
  Duration time_left{};
};

class Lock {
 public:
  virtual ~Lock() = default;

  // Waits at most `patience` for the lock, then calls `done` exactly once, on a thread of the lock's choosing
  // (on the caller's, before returning, when the lock is free): with the grant; or `busy` when it was held all
  // the time; or `unavailable` when the lock service is away. Waiters get the lock in their order of coming.
  virtual void acquire(const std::string& key, const std::string& holder, Duration ttl, Duration patience,
                       std::function<void(Result<LockGrant>)> done) = 0;

  // False when the grant has run out or been taken over: then nothing was changed.
  virtual Result<bool> renew(const LockGrant& grant, Duration ttl) = 0;
  virtual Result<bool> release(const LockGrant& grant) = 0;

  virtual Result<std::vector<LockState>> held(std::size_t limit) = 0;     // oldest first
  virtual Result<std::vector<LockState>> state(const std::string& key) = 0;  // none or one
};

}  // namespace sagactl
