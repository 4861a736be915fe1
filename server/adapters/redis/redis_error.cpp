#include "server/adapters/redis/redis_error.hpp"

#include <array>
#include <string>
#include <string_view>

#include "server/adapters/redis/redis_reply.hpp"

namespace sagactl::redis {
namespace {

struct ErrorAdvice {
  std::string_view code;
  ErrorCode means;
  std::string_view advice;
};

constexpr std::array<ErrorAdvice, 10> fatal_errors{{
    {"NOAUTH", ErrorCode::invalid, "set the password, in the URL, or in REDIS_PASSWORD beside REDIS_HOST"},
    {"WRONGPASS", ErrorCode::invalid, "check the password, in the URL, or in REDIS_PASSWORD beside REDIS_HOST"},
    {"NOPERM", ErrorCode::invalid, "grant its user scripting and pub/sub on every key below sagactl:lock:"},
    {"READONLY", ErrorCode::unavailable, "this is a replica: name its master"},
    {"OOM", ErrorCode::unavailable, "raise its maxmemory, or use a separate Redis for the locks"},
    {"MISCONF", ErrorCode::unavailable, "it cannot save its data: check its disk and its log"},
    {"CROSSSLOT", ErrorCode::invalid, "it is a Redis Cluster: write its address as redis+cluster://HOST:PORT"},
    {"MOVED", ErrorCode::invalid, "it is a Redis Cluster: write its address as redis+cluster://HOST:PORT"},
    {"CLUSTERDOWN", ErrorCode::unavailable, "the cluster has lost a part: see CLUSTER INFO"},
    {"LOADING", ErrorCode::unavailable, "it is loading its data and answers when it is done"},
}};

// With these the connection stays: only some commands are refused.
constexpr std::array<ErrorAdvice, 6> other_errors{{
    {"DENIED", ErrorCode::invalid, "give it a password, or let it be reached from this machine (its `bind`)"},
    {"MASTERDOWN", ErrorCode::unavailable, "this is a replica that has lost its master: name the master"},
    {"BUSY", ErrorCode::unavailable, "a script keeps it busy: see SCRIPT KILL"},
    {"NOREPLICAS", ErrorCode::unavailable, "restore its replicas, or lower its min-replicas-to-write"},
    {"ASK", ErrorCode::unavailable, "the cluster is moving the locks to another node"},
    {"TRYAGAIN", ErrorCode::unavailable, "the cluster is moving the locks to another node"},
}};

// How Redis refuses a command within a script.
constexpr std::string_view refused_in_script = "can't run this command";

// What Redis says under the code of every other error.
constexpr std::array<ErrorAdvice, 3> errors_by_text{{
    {"DB index is out of range", ErrorCode::invalid,
     "correct the number of the database, at the end of the URL or in REDIS_DB"},
    {"without any password configured", ErrorCode::invalid,
     "leave out the password, in the URL or in REDIS_PASSWORD: it has none"},
    {"max number of clients reached", ErrorCode::unavailable, "raise its maxclients"},
}};

template <std::size_t Count>
const ErrorAdvice* find(const std::array<ErrorAdvice, Count>& table, const redisReply& error) {
  for (const ErrorAdvice& advice : table)
    if (advice.code == error_code(error)) return &advice;
  return nullptr;
}

}  // namespace

Error error_of_reply(const redisReply* reply) {
  if (!reply) return Error{ErrorCode::unavailable, "the lock service did not reply"};
  const std::string message(text(*reply));
  if (message.find(refused_in_script) != message.npos)
    return Error{ErrorCode::invalid, message + "; grant its user what docs/operations.md lists"};
  const ErrorAdvice* advice = find(fatal_errors, *reply);
  if (!advice) advice = find(other_errors, *reply);
  if (!advice)
    for (const ErrorAdvice& by_text : errors_by_text)
      if (message.find(by_text.code) != message.npos) advice = &by_text;
  if (!advice && message.find("unknown command 'EVAL") != message.npos)
    return Error{ErrorCode::invalid, message + "; is it a sentinel? Then write redis+sentinel://HOST:PORT/NAME"};
  if (!advice) return Error{ErrorCode::unavailable, "the lock service replied: " + message};
  return Error{advice->means, message + "; " + std::string(advice->advice)};
}

Error error_of_sentinel(const redisReply& error) {
  const std::string message(text(error));
  if (error_code(error) == "NOAUTH" || error_code(error) == "WRONGPASS")
    return Error{ErrorCode::invalid, message + "; set the password of the sentinels in REDIS_SENTINEL_PASSWORD"};
  if (message.find("unknown command") != message.npos)
    return Error{ErrorCode::invalid, message + "; it is no sentinel: write redis://HOST:PORT"};
  return error_of_reply(&error);
}

bool is_fatal_to_connection(const redisReply& error) {
  return find(fatal_errors, error) != nullptr || is_transient(error_code(error));
}

}  // namespace sagactl::redis
