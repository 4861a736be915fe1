// The Lua programs of the locks, each of which Redis runs as one. They need Redis 5 or later.
//
// The keys of the locks, all below one prefix:
//   <prefix>k:<key>   held: "<fencing token> <microseconds since 1970> <grant's mark> <holder>", with its time to live
//   <prefix>w:<key>   somebody waits for it; lives a little longer than until the waiter's next try
//   <prefix>token     the last fencing token, of all keys
//   <prefix>released  the channel on which the name of a lock that was waited for is told when it is released
#pragma once

#include <array>
#include <functional>
#include <string>

#include "server/adapters/redis/session.hpp"

namespace sagactl::redis {

enum class Script : std::uint8_t { acquire, release, renew, describe, keep_token };
inline constexpr std::size_t script_count = 5;

// Its text, for whoever speaks to Redis in another way.
std::string program_of(Script script);

class Scripts {
 public:
  explicit Scripts(Session& session) : session_(session) {}

  // Tells Redis the programs; what it calls them comes back before the answer to anything that is sent later.
  void load();

  // By name; whole when Redis has forgotten it. `arguments` are at most some tens, or one for each key.
  void run(Script script, std::vector<std::string> keys, std::vector<std::string> arguments, OnReply on_reply);

 private:
  Session& session_;
  std::array<std::string, script_count> names_;
};

}  // namespace sagactl::redis
