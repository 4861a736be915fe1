// The address of a Redis, as a URL: redis://[[user]:password@]host[:port][/db].
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/result.hpp"

namespace sagactl {

struct RedisAddress {
  std::string host = "127.0.0.1";
  std::uint16_t port = 6379;
  std::string user;      // empty: Redis' default user
  std::string password;  // empty: none
  int database = 0;

  std::string shown() const;  // "host:port/db", without the password, for logs and errors
};

// User and password may be percent-encoded, and must be where they hold one of `:/@?#%`. The error says what would
// be right, and does not repeat the password.
Result<RedisAddress> parse_redis_url(std::string_view url);

}  // namespace sagactl
