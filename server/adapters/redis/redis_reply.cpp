#include "server/adapters/redis/redis_reply.hpp"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace sagactl::redis {

bool is_error(const redisReply& reply) {
  return reply.type == REDIS_REPLY_ERROR;
}

std::string_view text(const redisReply& reply) {
  switch (reply.type) {
    case REDIS_REPLY_ERROR:
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_STRING:
      return {reply.str, reply.len};
    default:
      return {};
  }
}

std::string_view error_code(const redisReply& reply) {
  const std::string_view message = text(reply);
  return message.substr(0, message.find(' '));
}

std::optional<std::int64_t> integer(const redisReply& reply) {
  if (reply.type == REDIS_REPLY_INTEGER) return reply.integer;
  const std::string_view digits = text(reply);
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || failure != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

const redisReply* element(const redisReply& reply, std::size_t index) {
  return index < size(reply) ? reply.element[index] : nullptr;
}

std::size_t size(const redisReply& reply) {
  return reply.type == REDIS_REPLY_ARRAY ? reply.elements : 0;
}

bool is_transient(std::string_view error_code) {
  constexpr std::array<std::string_view, 7> codes{"LOADING", "BUSY",        "MASTERDOWN", "TRYAGAIN",
                                                  "OOM",     "CLUSTERDOWN", "MISCONF"};
  return std::find(codes.begin(), codes.end(), error_code) != codes.end();
}

}  // namespace sagactl::redis
