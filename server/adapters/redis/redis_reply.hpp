// Reading the replies of Redis.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

struct redisReply;

namespace sagactl::redis {

bool is_error(const redisReply& reply);
std::string_view text(const redisReply& reply);                   // of an error, a status or a string; else empty
std::string_view error_code(const redisReply& reply);             // the first word of an error, such as READONLY
std::optional<std::int64_t> integer(const redisReply& reply);     // also written as a string
const redisReply* element(const redisReply& reply, std::size_t);  // null beyond the end
std::size_t size(const redisReply& reply);                        // of an array; else 0

// The error passes by itself or ends with Redis' configuration: it loads its data, runs a script, or waits for its
// master.
bool is_transient(std::string_view error_code);

}  // namespace sagactl::redis
