// Locks in Redis, for nodes on several machines.
//
// Fencing tokens. Redis assigns them, in the same script as the lock: the greatest of its latest token + 1, its clock
// in microseconds, and the highest token that the requesting client has seen + 1. So they also rise when Redis is
// wiped, comes back without its data, or is replaced by a replica that lags. This relies on Redis' clock: a Redis that
// loses its data while its clock is set back, or fails over to a machine whose clock is behind, may repeat tokens that
// this client has not seen, until that clock has caught up. `sagactl doctor` compares the clocks.
//
// A grant is valid for its time to live by Redis' clock. Redis loses locks when it is wiped or fails over: then there
// may be two holders, and the one with the lower token must lose. In this program the database's unique key ensures
// that.
#pragma once

#include <memory>
#include <string>

#include "server/adapters/redis/redis_address.hpp"
#include "server/ports/lock.hpp"

namespace sagactl {

struct RedisLockOptions {
  RedisAddress address;
  std::string prefix = "sagactl:lock:";  // of all keys; in braces in a cluster, "{sagactl:lock}:"
  Duration answer_timeout = 200ms;       // of connecting and of every command
  Duration retry_min = 50ms, retry_max = 2s;
  std::uint64_t seed = 0;  // of its random pauses; different for every client
};

// Waits for the first attempt to connect. An unavailable Redis is no error: the lock keeps reconnecting, and until then
// all calls fail with `unavailable` at once. `invalid` when Redis refuses the password, the database or a certificate,
// or is of another kind than the address says. Callbacks run on the lock's own thread, which they must not block, or at
// once on the caller's. They must not destroy the lock. Destroying it fails those who still wait with `unavailable`;
// releases that were requested before are sent.
Result<std::unique_ptr<Lock>> make_redis_lock(RedisLockOptions options);

}  // namespace sagactl
