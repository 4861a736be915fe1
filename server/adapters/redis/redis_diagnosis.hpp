// What there is to say about a Redis before locks are put into it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/time.hpp"
#include "server/adapters/redis/redis_address.hpp"

namespace sagactl {

struct RedisDiagnosis {
  Duration ping{};
  Timestamp time;        // by its clock, about half a ping after it was asked
  // What INFO tells; empty when this user may not ask for it.
  std::string eviction;  // its maxmemory-policy: noeviction, allkeys-lru ...
  std::string role;      // master, slave
  std::string version;
  // What it refuses of all that the locks do: a lock is taken, waited for, renewed, listed and released by the very
  // scripts that nodes use, under a name of its own.
  std::optional<Error> refused;
};

// Waits: at most `patience` for each of a few answers. The error says what is away, or that Redis does not let us in.
Result<RedisDiagnosis> diagnose_redis(const RedisAddress& address, Duration patience);

}  // namespace sagactl
