// Whether a Redis is fit for the locks: for `sagactl doctor`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/time.hpp"
#include "server/adapters/redis/redis_address.hpp"

namespace sagactl {

struct RedisDiagnosis {
  Duration ping{};
  Timestamp time;  // by its clock, about half a ping after the request
  // From INFO; empty when this user has no right to it.
  std::string eviction;  // its maxmemory-policy: noeviction, allkeys-lru ...
  std::string role;      // master, slave
  std::string version;
  std::string product = "Redis";  // or Valkey
  // The first that it refuses of everything that locks need: a lock with a name of its own is acquired, waited for,
  // renewed, listed and released by the scripts that nodes use.
  std::optional<Error> refused;
};

// Blocks for at most `timeout` for each of a few replies. `unavailable`, or why Redis refuses the log-in.
Result<RedisDiagnosis> diagnose_redis(const RedisAddress& address, Duration timeout);

}  // namespace sagactl
