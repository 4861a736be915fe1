#include "server/adapters/redis/redis_diagnosis.hpp"

#include <fmt/format.h>
#include <hiredis/hiredis.h>

#include <memory>
#include <string_view>

#include "common/id.hpp"
#include "server/adapters/redis/lock_keys.hpp"
#include "server/adapters/redis/lock_scripts.hpp"
#include "server/adapters/redis/redis_error.hpp"
#include "server/adapters/redis/redis_lock.hpp"
#include "server/adapters/redis/redis_reply.hpp"

namespace sagactl {
namespace {

using Context = std::unique_ptr<redisContext, decltype(&redisFree)>;
using Reply = std::unique_ptr<redisReply, decltype(&freeReplyObject)>;

timeval in_timeval(Duration duration) {
  return {static_cast<time_t>(duration.count() / 1'000'000), static_cast<suseconds_t>(duration.count() % 1'000'000)};
}

class BlockingRedis {
 public:
  BlockingRedis(const RedisAddress& address, Duration timeout)
      : shown_(address.shown()),
        context_(redisConnectWithTimeout(address.host.c_str(), address.port, in_timeval(timeout)), redisFree) {
    if (context_ && context_->err == 0) (void)redisSetTimeout(context_.get(), in_timeval(timeout));
  }

  Result<Reply> run(const std::vector<std::string>& command) {
    if (!context_ || context_->err != 0) return unavailable();
    std::vector<const char*> parts;
    std::vector<std::size_t> sizes;
    for (const std::string& part : command) {
      parts.push_back(part.data());
      sizes.push_back(part.size());
    }
    void* got = redisCommandArgv(context_.get(), static_cast<int>(parts.size()), parts.data(), sizes.data());
    Reply reply(static_cast<redisReply*>(got), freeReplyObject);
    if (!reply) return unavailable();
    if (redis::is_error(*reply)) return refused(redis::error_of_reply(reply.get()));
    return reply;
  }

 private:
  Error unavailable() const {
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

Result<void> log_in(BlockingRedis& redis, const RedisAddress& address) {
  if (!address.password.empty()) {
    std::vector<std::string> auth{"AUTH", address.password};
    if (!address.user.empty()) auth.insert(auth.begin() + 1, address.user);
    if (const auto answer = redis.run(auth); !answer) return answer.error();
  }
  const auto answer = redis.run({"SELECT", std::to_string(address.database)});
  return answer ? Result<void>() : answer.error();
}

// Everything that nodes do with a lock, in their order. Each is tried, since each needs rights of its own; the error is
// of the first that is refused. What remains of the lock expires.
Result<void> use_a_lock(BlockingRedis& redis) {
  using redis::LockScript;
  const redis::LockKeys keys(RedisLockOptions{}.prefix);
  const std::string name = "sagactl-doctor-" + new_uuid().text(), request_id = "doctor", time_to_live = "5000";
  const std::string lock = keys.lock(name), waiting = keys.waiting(name);
  const auto run_script = [&](LockScript script, std::vector<std::string> over, std::vector<std::string> arguments) {
    std::vector<std::string> command{"EVAL", redis::source_of(script), std::to_string(over.size())};
    command.insert(command.end(), over.begin(), over.end());
    command.insert(command.end(), arguments.begin(), arguments.end());
    return redis.run(command);
  };
  const auto acquire = [&](const std::string& wait_ms) {
    return run_script(LockScript::acquire, {lock, keys.token(), waiting},
                      {"doctor", time_to_live, "0", wait_ms, request_id});
  };
  const auto taken = acquire("0");
  if (!taken) return taken.error();
  const redisReply* token = redis::element(**taken, 0);
  const std::string fence = token ? std::string(redis::text(*token)) : request_id;
  const Result<Reply> answers[] = {acquire(time_to_live),  // held: this waits for it
                                   run_script(LockScript::renew, {lock}, {fence, time_to_live}),
                                   run_script(LockScript::describe, {lock}, {}),
                                   redis.run({"SCAN", "0", "MATCH", keys.all_locks(), "COUNT", "10"}),
                                   run_script(LockScript::release, {lock, waiting}, {fence, keys.channel(), name}),
                                   run_script(LockScript::keep_token, {keys.token()}, {"0"}),
                                   redis.run({"SUBSCRIBE", keys.channel()})};
  for (const Result<Reply>& answer : answers)
    if (!answer) return answer.error();
  return {};
}

}  // namespace

Result<RedisDiagnosis> diagnose_redis(const RedisAddress& address, Duration timeout) {
  BlockingRedis redis(address, timeout);
  if (const auto logged_in = log_in(redis, address); !logged_in) return logged_in.error();
  RedisDiagnosis diagnosis;
  const auto began = std::chrono::steady_clock::now();
  const auto time = redis.run({"TIME"});
  diagnosis.ping = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - began);
  if (!time) return time.error();
  const redisReply* seconds = redis::element(**time, 0);
  const redisReply* rest = redis::element(**time, 1);
  if (seconds && rest)
    diagnosis.time = {redis::integer(*seconds).value_or(0) * 1'000'000 + redis::integer(*rest).value_or(0)};
  const auto info = redis.run({"INFO"});
  if (info) {
    diagnosis.version = field(redis::text(**info), "redis_version");
    diagnosis.role = field(redis::text(**info), "role");
    diagnosis.eviction = field(redis::text(**info), "maxmemory_policy");
  }
  if (auto used = use_a_lock(redis); !used) diagnosis.refused = used.error();
  return diagnosis;
}

}  // namespace sagactl
