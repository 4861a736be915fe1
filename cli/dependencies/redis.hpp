// The Redis of a command, from flags, the environment and files.
#pragma once

#include <string>

#include "cli/commands.hpp"
#include "cli/configuration/environment.hpp"
#include "common/result.hpp"
#include "server/adapters/redis/redis_address.hpp"

namespace sagactl {

struct RedisFlags {
  std::string url;
  RedisSecurity security;  // without the password of sentinels
};

// Adds --redis-ca, --redis-cert and --redis-key.
void add_redis_security_flags(CLI::App& app, Commands& commands, RedisFlags& flags);

// A URL: `flag`, else REDIS_URL, else made of REDIS_HOST, REDIS_PORT, REDIS_PASSWORD and REDIS_DB; empty when none is
// configured. `invalid` when it cannot be parsed.
Result<std::string> redis_url(const std::string& flag, const Environment& environment);

// What is not written in the URL, with the paths of files made absolute and the password of the sentinels.
RedisSecurity redis_security(const RedisFlags& flags, const Environment& environment);

}  // namespace sagactl
