// What there is to say about a Redis before locks are put into it.
#pragma once

#include <cstdint>
#include <string>

#include "common/time.hpp"
#include "server/adapters/redis/redis_address.hpp"

namespace sagactl {

struct RedisCheckup {
  Duration ping{};
  Timestamp time;        // by its clock, about half a ping after it was asked
  std::string eviction;  // its maxmemory-policy: noeviction, allkeys-lru ...; empty when it does not say
  std::string role;      // master, slave
  std::string version;
};

// Waits: at most `patience` for each of a few answers. The error says what is away, or what Redis refuses.
Result<RedisCheckup> examine_redis(const RedisAddress& address, Duration patience);

}  // namespace sagactl
