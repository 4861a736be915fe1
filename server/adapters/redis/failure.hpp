// What it means for a lock that Redis refuses or is silent, and what to do about it.
#pragma once

#include "common/error.hpp"

struct redisReply;

namespace sagactl::redis {

// `reply`: an error, or null for silence. `invalid` when the configuration is wrong, else `unavailable`.
Error failure(const redisReply* reply);

// Nothing will come of going on with this connection: Redis cannot write, or is not to be written to.
bool ends_connection(const redisReply& error);

}  // namespace sagactl::redis
