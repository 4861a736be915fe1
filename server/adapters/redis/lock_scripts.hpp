// The Lua scripts of the locks, each of which Redis runs atomically. They need Redis 5 or later.
//
// The keys of the locks, all below one prefix:
//   <prefix>k:<key>   held: "<fencing token> <microseconds since 1970> <request id> <holder>", with its time to live
//   <prefix>w:<key>   it has a waiter; expires a little later than until the waiter's next attempt
//   <prefix>token     the latest fencing token, of all keys
//   <prefix>released  the channel to which the name of a lock is published when it is released and was waited for
#pragma once

#include <array>
#include <functional>
#include <string>

#include "server/adapters/redis/redis_session.hpp"

namespace sagactl::redis {

enum class LockScript : std::uint8_t { acquire, release, renew, describe, keep_token };
inline constexpr std::size_t script_count = 5;

// The Lua source.
std::string source_of(LockScript script);

class LockScripts {
 public:
  explicit LockScripts(RedisSession& session) : session_(session) {}

  // Loads them into Redis; its names for them come before the reply to anything that is sent later.
  void load();

  // By name, or by its source when Redis does not have it. There are at most some tens of arguments, or one per key.
  void run(LockScript script, std::vector<std::string> keys, std::vector<std::string> arguments, OnReply on_reply);

 private:
  RedisSession& session_;
  std::array<std::string, script_count> names_;
};

}  // namespace sagactl::redis
