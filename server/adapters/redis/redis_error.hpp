// What an error reply of Redis, or none, means for a lock, and what to do about it.
#pragma once

#include "common/error.hpp"

struct redisReply;

namespace sagactl::redis {

// `reply`: an error, or null when none came. `invalid` when the configuration is wrong, else `unavailable`.
Error error_of_reply(const redisReply* reply);

// What a sentinel replied instead of the address of the master.
Error error_of_sentinel(const redisReply& error);

// Whether the connection is of no more use: Redis cannot write, or must not be written to.
bool is_fatal_to_connection(const redisReply& error);

}  // namespace sagactl::redis
