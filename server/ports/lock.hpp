// Locks with a time to live and fencing tokens. A lock only makes it cheap to refuse duplicates; what makes them
// impossible is the database's unique key.
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
  bool is_cluster_wide =
      true;  // false: other writers of the database have locks of their own; the token fences nothing
};

struct LockState {
  std::string key;
  std::string holder;
  std::int64_t fencing_token = 0;
  Timestamp acquired_at;
  Duration time_left{};
};

// Every callback is called exactly once, on any thread, possibly the caller's before the call returns. No call blocks,
// so each may be made on any thread. When the lock service is unavailable, or its answer is invalid, the result is
// `unavailable`, within bounded time.
class Lock {
 public:
  using Granted = std::function<void(Result<LockGrant>)>;
  using Changed = std::function<void(Result<bool>)>;
  using Listed = std::function<void(Result<std::vector<LockState>>)>;

  virtual ~Lock() = default;

  // Waits at most `patience` for the lock: `busy` when it was held all the time. The waiters of one process get the
  // lock in the order of their calls.
  virtual void acquire(const std::string& key, const std::string& holder, Duration ttl, Duration patience,
                       Granted done) = 0;

  // False when the grant has expired or another holder has the lock: then nothing was changed.
  virtual void renew(const LockGrant& grant, Duration ttl, Changed done) = 0;
  virtual void release(const LockGrant& grant, Changed done) = 0;

  virtual void held(std::size_t limit, Listed done) = 0;        // oldest first
  virtual void state(const std::string& key, Listed done) = 0;  // none or one

  // Returns immediately: how long the lock service took for its latest answer, or why it is unavailable.
  virtual Result<Duration> availability() const = 0;
};

}  // namespace sagactl
