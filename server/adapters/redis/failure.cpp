#include "server/adapters/redis/failure.hpp"

#include <array>
#include <string>
#include <string_view>

#include "server/adapters/redis/reply.hpp"

namespace sagactl::redis {
namespace {

struct Kind {
  std::string_view code;
  ErrorCode means;
  std::string_view advice;
};

constexpr std::array<Kind, 7> kinds{{
    {"NOAUTH", ErrorCode::invalid, "set the password, in the URL or in REDIS_PASSWORD"},
    {"WRONGPASS", ErrorCode::invalid, "check the password, in the URL or in REDIS_PASSWORD"},
    {"NOPERM", ErrorCode::invalid, "let its user run scripts and publish on every key below sagactl:lock:"},
    {"READONLY", ErrorCode::unavailable, "this is a replica: name its master"},
    {"OOM", ErrorCode::unavailable, "raise its maxmemory, or give the locks a Redis of their own"},
    {"MISCONF", ErrorCode::unavailable, "it cannot save its data: look at its disk and its log"},
    {"LOADING", ErrorCode::unavailable, "it loads its data and will answer when it has"},
}};

const Kind* kind_of(const redisReply& error) {
  for (const Kind& kind : kinds)
    if (kind.code == error_code(error)) return &kind;
  return nullptr;
}

}  // namespace

Error failure(const redisReply* reply) {
  if (!reply) return Error{ErrorCode::unavailable, "the lock service gave no answer"};
  const std::string said(text(*reply));
  const Kind* kind = kind_of(*reply);
  if (!kind) return Error{ErrorCode::unavailable, "the lock service answered: " + said};
  return Error{kind->means, said + "; " + std::string(kind->advice)};
}

bool ends_connection(const redisReply& error) {
  return kind_of(error) != nullptr || is_passing(error_code(error));
}

}  // namespace sagactl::redis
