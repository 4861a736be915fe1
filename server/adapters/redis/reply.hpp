// Reading what Redis answers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

struct redisReply;

namespace sagactl::redis {

bool is_error(const redisReply& reply);
std::string_view text(const redisReply& reply);                   // of an error, a status or a string; else empty
std::string_view error_code(const redisReply& reply);             // its first word, such as READONLY
std::optional<std::int64_t> integer(const redisReply& reply);     // also written as a string
const redisReply* element(const redisReply& reply, std::size_t);  // null: there is none
std::size_t size(const redisReply& reply);                        // of an array; else 0

// It will answer later as it is: it loads its data, is busy with a script, or waits for its master.
bool is_passing(std::string_view error_code);

}  // namespace sagactl::redis
