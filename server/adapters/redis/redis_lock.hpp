// Locks in Redis, for nodes on several machines.
//
// Fencing tokens. Redis gives them, in the same script as the lock: the greatest of its last token + 1, its clock in
// microseconds, and the highest token that the asking client has seen + 1. So they rise also when Redis is wiped,
// comes back without its data, or is replaced by a replica that lags. This relies on Redis' clock: one that loses
// its data while its clock is set back, or fails over to a machine whose clock is behind, may repeat tokens that this
// client has not seen, until that clock has caught up. `sagactl doctor` compares the clocks.
//
// A grant is good for its time to live by Redis' clock. Redis loses locks when it is wiped or fails over: then two
// holders may meet, and the one with the lower token must lose. In this program the database's unique key sees to it.
#pragma once

#include <memory>
#include <string>

#include "server/adapters/redis/redis_address.hpp"
#include "server/ports/lock.hpp"

namespace sagactl {

struct RedisLockOptions {
  RedisAddress address;
  std::string prefix = "sagactl:lock:";  // of all its keys
  Duration answer_timeout = 200ms;               // connecting and every command: what takes longer is away
  Duration retry_min = 50ms, retry_max = 2s;
  std::uint64_t seed = 0;  // of the chance in its pauses; different for every client
};

// Waits for the first try to connect. A Redis that is away is no error: it is tried for again and again, and until it
// is back all calls answer `unavailable` at once. `invalid` when it refuses the password or the database.
// Callbacks come on the lock's own thread, which must not be held up, or at once on the caller's. The lock is not to
// be destroyed in one. Whoever still waits then is told `unavailable`; releases that were asked for before are sent.
Result<std::unique_ptr<Lock>> make_redis_lock(RedisLockOptions options);

}  // namespace sagactl
