#include "server/adapters/redis/redis_diagnosis.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "common/id.hpp"
#include "server/adapters/redis/lock_keys.hpp"
#include "server/adapters/redis/lock_scripts.hpp"
#include "server/adapters/redis/redis_connection.hpp"
#include "server/adapters/redis/redis_error.hpp"
#include "server/adapters/redis/redis_lock.hpp"
#include "server/adapters/redis/redis_reply.hpp"
#include "server/adapters/redis/redis_route.hpp"

namespace sagactl {
namespace {

using redis::Command;
using redis::RedisConnection;
using Steady = std::chrono::steady_clock;

// What is kept of a reply: it is gone when its callback returns.
struct Reply {
  std::string text;                   // of a status, a string or an error
  std::vector<std::string> elements;  // of an array, as text
};

// Waits for each reply.
class BlockingRedis {
 public:
  BlockingRedis(const RedisAddress& address, Duration timeout) : route_(address), timeout_(timeout) {}

  // To the server that has the locks, logged in.
  Result<void> connect() {
    constexpr int steps_max = 200;  // more than there are members and redirects
    const RedisAddress& address = route_.address();
    if (address.tls) {
      auto context = redis::make_tls_context(address.security);
      if (!context) return context.error();
      tls_ = std::move(context).value();
    }
    for (int step = 0; step < steps_max; ++step) {
      connection_ = std::make_unique<RedisConnection>(route_.next(), tls_, timeout_);
      const auto connected = route_.asks() ? ask_for_master() : log_in();
      if (connected && !moves_) return {};
      if (!connected && connected.error().code == ErrorCode::invalid) return connected;
      if (!connected && !route_.failed()) return connected;
    }
    return Error{ErrorCode::unavailable, fmt::format("Redis at {}: its nodes do not agree", address.shown())};
  }

  Result<Reply> run(const Command& command) {
    std::optional<Result<Reply>> result;
    connection_->send(command, [&](const redisReply* reply) { result = taken(reply); });
    while (!result && connection_->failure().empty()) wait();
    if (!result) {
      connection_->take_pending();
      result = unavailable(connection_->failed_for_good() ? ErrorCode::invalid : ErrorCode::unavailable);
    }
    return *std::move(result);
  }

 private:
  Result<Reply> taken(const redisReply* reply) {
    if (!reply) return unavailable(ErrorCode::unavailable);
    if (redis::is_error(*reply)) {
      if (route_.follow(redis::text(*reply), connection_->endpoint())) {
        moves_ = true;
        return Reply{};
      }
      const Error error = route_.asks() ? redis::error_of_sentinel(*reply) : redis::error_of_reply(reply);
      return Error{error.code, fmt::format("Redis at {}: {}", shown(), error.message)};
    }
    Reply kept{std::string(redis::text(*reply)), {}};
    for (std::size_t i = 0; i < redis::size(*reply); ++i)
      kept.elements.emplace_back(redis::text(*redis::element(*reply, i)));
    return kept;
  }

  void wait() {
    const auto deadline = connection_->deadline().value_or(Steady::now());
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Steady::now()).count();
    pollfd polled{connection_->fd(), connection_->interest(), 0};
    if (::poll(&polled, 1, static_cast<int>(std::max<std::int64_t>(0, left))) > 0) connection_->ready(polled.revents);
    connection_->expire(Steady::now());
  }

  Result<void> ask_for_master() {
    const RedisSecurity& security = route_.address().security;
    if (!security.sentinel_password.empty()) {
      Command auth{"AUTH", security.sentinel_password};
      if (!security.sentinel_user.empty()) auth.insert(auth.begin() + 1, security.sentinel_user);
      if (const auto answer = run(auth); !answer) return answer.error();
    }
    const auto answer = run({"SENTINEL", "GET-MASTER-ADDR-BY-NAME", route_.address().master});
    if (!answer) return answer.error();
    int port = 0;
    if (answer->elements.size() == 2) {
      const std::string& digits = answer->elements[1];
      std::from_chars(digits.data(), digits.data() + digits.size(), port);
    }
    if (port < 1 || port > 65535)
      return Error{ErrorCode::unavailable,
                   fmt::format("Redis at {}: the sentinels know no master of that name", shown())};
    route_.found({answer->elements[0], static_cast<std::uint16_t>(port)});
    moves_ = true;
    return {};
  }

  Result<void> log_in() {
    moves_ = false;
    const RedisAddress& address = route_.address();
    if (!address.password.empty()) {
      Command auth{"AUTH", address.password};
      if (!address.user.empty()) auth.insert(auth.begin() + 1, address.user);
      if (const auto answer = run(auth); !answer) return answer.error();
    }
    if (address.kind == RedisKind::cluster) {
      const redis::LockKeys keys(redis::prefix_for(address, RedisLockOptions{}.prefix));
      const auto answer = run({"EVAL", redis::source_of(redis::LockScript::describe), "1", keys.token()});
      return answer ? Result<void>() : answer.error();
    }
    if (address.kind == RedisKind::standalone || address.database != 0) {
      const auto answer = run({"SELECT", std::to_string(address.database)});
      return answer ? Result<void>() : answer.error();
    }
    const auto answer = run({"TIME"});
    return answer ? Result<void>() : answer.error();
  }

  std::string shown() const {
    const redis::RedisEndpoint& at = connection_->endpoint();
    if (route_.address().kind == RedisKind::standalone) return route_.address().shown();
    return fmt::format("{} ({})", route_.address().shown(), host_port_text(at.host, at.port));
  }
  Error unavailable(ErrorCode code) const {
    return Error{code, fmt::format("Redis at {}: {}", shown(), connection_->failure())};
  }

  redis::RedisRoute route_;
  redis::TlsContext tls_;
  const Duration timeout_;
  std::unique_ptr<RedisConnection> connection_;
  bool moves_ = false;  // the connection was of use to find another server
};

// "role:master\r\n..."
std::string field(std::string_view info, std::string_view name) {
  const std::size_t at = info.find(fmt::format("\n{}:", name));
  if (at == info.npos) return {};
  const std::string_view rest = info.substr(at + name.size() + 2);
  return std::string(rest.substr(0, rest.find_first_of("\r\n")));
}

// Everything that nodes do with a lock, in their order. Each is tried, since each needs rights of its own; the error is
// of the first that is refused. What remains of the lock expires.
Result<void> use_a_lock(BlockingRedis& redis, const RedisAddress& address) {
  using redis::LockScript;
  const redis::LockKeys keys(redis::prefix_for(address, RedisLockOptions{}.prefix));
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
  const std::string fence = taken->elements.empty() ? request_id : taken->elements.front();
  const Result<Reply> answers[] = {acquire(time_to_live),  // held: this waits for it
                                   run_script(LockScript::renew, {lock}, {fence, time_to_live}),
                                   run_script(LockScript::describe, {lock}, {}),
                                   redis.run({"SCAN", "0", "MATCH", keys.all_locks(), "COUNT", "10"}),
                                   run_script(LockScript::release, {lock, waiting}, {fence, keys.channel(), name}),
                                   run_script(LockScript::keep_token, {keys.token(), lock}, {"0"}),
                                   redis.run({"SUBSCRIBE", keys.channel()})};
  for (const Result<Reply>& answer : answers)
    if (!answer) return answer.error();
  return {};
}

}  // namespace

Result<RedisDiagnosis> diagnose_redis(const RedisAddress& address, Duration timeout) {
  BlockingRedis redis(address, timeout);
  if (const auto connected = redis.connect(); !connected) return connected.error();
  RedisDiagnosis diagnosis;
  const auto began = Steady::now();
  const auto time = redis.run({"TIME"});
  diagnosis.ping = std::chrono::duration_cast<Duration>(Steady::now() - began);
  if (!time) return time.error();
  if (time->elements.size() == 2) {
    const auto number = [](const std::string& text) {
      std::int64_t value = 0;
      std::from_chars(text.data(), text.data() + text.size(), value);
      return value;
    };
    diagnosis.time = {number(time->elements[0]) * 1'000'000 + number(time->elements[1])};
  }
  const auto info = redis.run({"INFO"});
  if (info) {
    const std::string valkey = field(info->text, "valkey_version");
    if (!valkey.empty()) diagnosis.product = "Valkey";
    diagnosis.version = valkey.empty() ? field(info->text, "redis_version") : valkey;
    diagnosis.role = field(info->text, "role");
    diagnosis.eviction = field(info->text, "maxmemory_policy");
  }
  if (auto used = use_a_lock(redis, address); !used) diagnosis.refused = used.error();
  return diagnosis;
}

}  // namespace sagactl
