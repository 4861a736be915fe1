#include "server/adapters/redis/redis_diagnosis.hpp"

#include <fmt/format.h>
#include <hiredis/hiredis.h>

#include <memory>
#include <string_view>

#include "common/id.hpp"
#include "server/adapters/redis/failure.hpp"
#include "server/adapters/redis/keys.hpp"
#include "server/adapters/redis/redis_lock.hpp"
#include "server/adapters/redis/reply.hpp"
#include "server/adapters/redis/scripts.hpp"

namespace sagactl {
namespace {

using Context = std::unique_ptr<redisContext, decltype(&redisFree)>;
using Reply = std::unique_ptr<redisReply, decltype(&freeReplyObject)>;

timeval in_timeval(Duration duration) {
  return {static_cast<time_t>(duration.count() / 1'000'000),
          static_cast<suseconds_t>(duration.count() % 1'000'000)};
}

class Asking {
 public:
  Asking(const RedisAddress& address, Duration patience)
      : shown_(address.shown()),
        context_(redisConnectWithTimeout(address.host.c_str(), address.port, in_timeval(patience)), redisFree) {
    if (context_ && context_->err == 0) (void)redisSetTimeout(context_.get(), in_timeval(patience));
  }

  Result<Reply> ask(const std::vector<std::string>& command) {
    if (!context_ || context_->err != 0) return away();
    std::vector<const char*> parts;
    std::vector<std::size_t> sizes;
    for (const std::string& part : command) {
      parts.push_back(part.data());
      sizes.push_back(part.size());
    }
    void* got = redisCommandArgv(context_.get(), static_cast<int>(parts.size()), parts.data(), sizes.data());
    Reply reply(static_cast<redisReply*>(got), freeReplyObject);
    if (!reply) return away();
    if (redis::is_error(*reply)) return refused(redis::failure(reply.get()));
    return reply;
  }

 private:
  Error away() const {
    return Error{ErrorCode::unavailable,
                 fmt::format("Redis at {}: {}", shown_, context_ ? context_->errstr : "out of memory")};
  }
  Error refused(Error error) const {
    error.message = fmt::format("Redis at {}: {}", shown_, error.message);
    return error;
  }

  const std::string shown_;
  const Context context_;
};

// "role:master\r\n..."
std::string field(std::string_view info, std::string_view name) {
  const std::size_t at = info.find(fmt::format("\n{}:", name));
  if (at == info.npos) return {};
  const std::string_view rest = info.substr(at + name.size() + 2);
  return std::string(rest.substr(0, rest.find_first_of("\r\n")));
}

Result<void> introduce(Asking& redis, const RedisAddress& address) {
  if (!address.password.empty()) {
    std::vector<std::string> auth{"AUTH", address.password};
    if (!address.user.empty()) auth.insert(auth.begin() + 1, address.user);
    if (const auto answer = redis.ask(auth); !answer) return answer.error();
  }
  const auto answer = redis.ask({"SELECT", std::to_string(address.database)});
  return answer ? Result<void>() : answer.error();
}

// All that nodes do with a lock, in their order. Each is tried, since each needs rights of its own; the first that is
// refused is what is told. What is left by it goes with its time to live.
Result<void> use_a_lock(Asking& redis) {
  using redis::Script;
  const redis::Keys keys(RedisLockOptions{}.prefix);
  const std::string name = "sagactl-doctor-" + new_uuid().text(), mark = "doctor", time_to_live = "5000";
  const std::string lock = keys.lock(name), waiting = keys.waiting(name);
  const auto run = [&](Script script, std::vector<std::string> over, std::vector<std::string> arguments) {
    std::vector<std::string> command{"EVAL", redis::program_of(script), std::to_string(over.size())};
    command.insert(command.end(), over.begin(), over.end());
    command.insert(command.end(), arguments.begin(), arguments.end());
    return redis.ask(command);
  };
  const auto acquire = [&](const std::string& wait_ms) {
    return run(Script::acquire, {lock, keys.token(), waiting}, {"doctor", time_to_live, "0", wait_ms, mark});
  };
  const auto taken = acquire("0");
  if (!taken) return taken.error();
  const redisReply* token = redis::element(**taken, 0);
  const std::string fence = token ? std::string(redis::text(*token)) : mark;
  const Result<Reply> answers[] = {
      acquire(time_to_live),  // somebody waits for it
      run(Script::renew, {lock}, {fence, time_to_live}),
      run(Script::describe, {lock}, {}),
      redis.ask({"SCAN", "0", "MATCH", keys.all_locks(), "COUNT", "10"}),
      run(Script::release, {lock, waiting}, {fence, keys.channel(), name}),
      run(Script::keep_token, {keys.token()}, {"0"}),
      redis.ask({"SUBSCRIBE", keys.channel()})};
  for (const Result<Reply>& answer : answers)
    if (!answer) return answer.error();
  return {};
}

}  // namespace

Result<RedisDiagnosis> diagnose_redis(const RedisAddress& address, Duration patience) {
  Asking redis(address, patience);
  if (const auto introduced = introduce(redis, address); !introduced) return introduced.error();
  RedisDiagnosis checkup;
  const auto began = std::chrono::steady_clock::now();
  const auto time = redis.ask({"TIME"});
  checkup.ping = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - began);
  if (!time) return time.error();
  const redisReply* seconds = redis::element(**time, 0);
  const redisReply* rest = redis::element(**time, 1);
  if (seconds && rest)
    checkup.time = {redis::integer(*seconds).value_or(0) * 1'000'000 + redis::integer(*rest).value_or(0)};
  const auto info = redis.ask({"INFO"});
  if (info) {
    checkup.version = field(redis::text(**info), "redis_version");
    checkup.role = field(redis::text(**info), "role");
    checkup.eviction = field(redis::text(**info), "maxmemory_policy");
  }
  if (auto worked = use_a_lock(redis); !worked) checkup.refused = worked.error();
  return checkup;
}

}  // namespace sagactl
