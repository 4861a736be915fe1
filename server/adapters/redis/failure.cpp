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

// What ends no connection: of these only some commands are refused.
constexpr std::array<Kind, 3> advice_alone{{
    {"NOREPLICAS", ErrorCode::unavailable, "bring its replicas back, or lower its min-replicas-to-write"},
    {"CROSSSLOT", ErrorCode::unavailable, "it is a Redis Cluster: give the locks a Redis that is none"},
    {"MOVED", ErrorCode::unavailable, "it is a Redis Cluster: give the locks a Redis that is none"},
}};

// Commands within a script are refused in words of their own.
constexpr std::string_view refused_in_script = "can't run this command";

const Kind* advice_for(const redisReply& error) {
  for (const Kind& kind : advice_alone)
    if (kind.code == error_code(error)) return &kind;
  return nullptr;
}

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
  if (!kind) kind = advice_for(*reply);
  if (said.find(refused_in_script) != said.npos)
    return Error{ErrorCode::invalid, said + "; let its user do what docs/operations.md names"};
  if (!kind) return Error{ErrorCode::unavailable, "the lock service answered: " + said};
  return Error{kind->means, said + "; " + std::string(kind->advice)};
}

bool ends_connection(const redisReply& error) {
  return kind_of(error) != nullptr || is_passing(error_code(error));
}

}  // namespace sagactl::redis
