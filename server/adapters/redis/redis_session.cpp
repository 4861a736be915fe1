#include "server/adapters/redis/redis_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "server/adapters/redis/redis_reply.hpp"

namespace sagactl::redis {

RedisSession::RedisSession(EventLoop& loop, SessionTiming timing, std::uint64_t seed, Hooks hooks)
    : loop_(loop), timing_(timing), random_(seed), hooks_(std::move(hooks)), retry_(timing.retry_min) {
  loop_.add(*this);
}

void RedisSession::start(RedisAddress address) {
  stop();
  address_ = std::move(address);
  retry_ = timing_.retry_min;
  connect();
}

void RedisSession::stop() {
  ++start_;
  disconnect();
}

void RedisSession::connect() {
  connection_ = std::make_unique<RedisConnection>(address_.host, address_.port, timing_.reply_timeout);
  authenticate();
  hooks_.on_connected();
}

void RedisSession::authenticate() {
  if (!address_.password.empty()) {
    Command auth{"AUTH", address_.password};
    if (!address_.user.empty()) auth.insert(auth.begin() + 1, address_.user);
    send(auth, expecting_ok(ErrorCode::invalid, "check the password, in the URL or in REDIS_PASSWORD"));
  }
  if (address_.database != 0)
    send({"SELECT", std::to_string(address_.database)},
         expecting_ok(ErrorCode::invalid, "check the password and the number of the database"));
}

// What Redis refuses here is configured wrongly, unless it is not ready.
OnReply RedisSession::expecting_ok(ErrorCode refused, std::string advice) {
  return [this, refused, advice = std::move(advice)](const redisReply* reply) {
    if (!reply || !is_error(*reply)) return;
    const bool is_temporary = is_transient(error_code(*reply));
    drop(Error{is_temporary ? ErrorCode::unavailable : refused, fmt::format("{}; {}", text(*reply), advice)});
  };
}

void RedisSession::mark_up() {
  if (!connection_ || dropped_) return;
  up_ = true;
  retry_ = timing_.retry_min;
  hooks_.on_up();
}

void RedisSession::drop(Error why) {
  if (connection_ && !dropped_) dropped_ = std::move(why);
}

void RedisSession::send(const Command& command, OnReply on_reply) {
  if (!connection_ || dropped_)
    on_reply(nullptr);
  else
    connection_->send(command, std::move(on_reply));
}

std::optional<EventLoop::Time> RedisSession::deadline() const {
  if (!connection_) return std::nullopt;
  return connection_->failure().empty() && !dropped_ ? connection_->deadline() : EventLoop::Time{};
}

void RedisSession::ready(short events) {
  if (connection_) connection_->ready(events);
}

void RedisSession::expire(EventLoop::Time now) {
  if (!connection_) return;
  connection_->expire(now);
  end_if_failed();
}

void RedisSession::end_if_failed() {
  if (!dropped_ && connection_->failure().empty()) return;
  Error why = dropped_ ? std::move(*dropped_) : Error{ErrorCode::unavailable, connection_->failure()};
  why.message = fmt::format("Redis at {}: {}", address_.shown(), why.message);
  disconnect();
  // Half of the delay is fixed, half is random.
  const auto half = static_cast<std::uint64_t>(retry_.count() / 2);
  const Duration delay{static_cast<std::int64_t>(half + random_.below(half + 1))};
  retry_ = std::min(retry_ * 2, timing_.retry_max);
  loop_.after(delay, [this, start = start_] {
    if (start == start_) connect();
  });
  hooks_.on_down(why);
}

void RedisSession::disconnect() {
  dropped_.reset();
  up_ = false;
  const std::unique_ptr<RedisConnection> lost = std::move(connection_);
  if (!lost) return;
  for (const OnReply& on_reply : lost->take_pending()) on_reply(nullptr);
}

}  // namespace sagactl::redis
