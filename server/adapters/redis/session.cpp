#include "server/adapters/redis/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "server/adapters/redis/reply.hpp"

namespace sagactl::redis {

Session::Session(Loop& loop, Timing timing, std::uint64_t seed, Hooks hooks)
    : loop_(loop), timing_(timing), random_(seed), hooks_(std::move(hooks)), retry_(timing.retry_min) {
  loop_.add(*this);
}

void Session::start(RedisAddress address) {
  stop();
  address_ = std::move(address);
  retry_ = timing_.retry_min;
  connect();
}

void Session::stop() {
  ++life_;
  let_go();
}

void Session::connect() {
  connection_ = std::make_unique<Connection>(address_.host, address_.port, timing_.answer);
  introduce();
  hooks_.greet();
}

void Session::introduce() {
  if (!address_.password.empty()) {
    Command auth{"AUTH", address_.password};
    if (!address_.user.empty()) auth.insert(auth.begin() + 1, address_.user);
    send(auth, expecting_ok(ErrorCode::invalid, "check the password, in the URL or in REDIS_PASSWORD"));
  }
  if (address_.database != 0)
    send({"SELECT", std::to_string(address_.database)},
         expecting_ok(ErrorCode::invalid, "check the password and the number of the database"));
}

// What Redis refuses here was configured wrongly, unless it says that it is not ready.
OnReply Session::expecting_ok(ErrorCode refused, std::string advice) {
  return [this, refused, advice = std::move(advice)](const redisReply* reply) {
    if (!reply || !is_error(*reply)) return;
    const bool later = is_passing(error_code(*reply));
    drop(Error{later ? ErrorCode::unavailable : refused, fmt::format("{}; {}", text(*reply), advice)});
  };
}

void Session::greeted() {
  if (!connection_ || dropped_) return;
  up_ = true;
  retry_ = timing_.retry_min;
  hooks_.up();
}

void Session::drop(Error why) {
  if (connection_ && !dropped_) dropped_ = std::move(why);
}

void Session::send(const Command& command, OnReply on_reply) {
  if (!connection_ || dropped_)
    on_reply(nullptr);
  else
    connection_->send(command, std::move(on_reply));
}

std::optional<Loop::Time> Session::deadline() const {
  if (!connection_) return std::nullopt;
  return connection_->failure().empty() && !dropped_ ? connection_->deadline() : Loop::Time{};
}

void Session::ready(short events) {
  if (connection_) connection_->ready(events);
}

void Session::expire(Loop::Time now) {
  if (!connection_) return;
  connection_->expire(now);
  end_if_failed();
}

void Session::end_if_failed() {
  if (!dropped_ && connection_->failure().empty()) return;
  Error why = dropped_ ? std::move(*dropped_) : Error{ErrorCode::unavailable, connection_->failure()};
  why.message = fmt::format("Redis at {}: {}", address_.shown(), why.message);
  let_go();
  // Half of the delay is certain, half is chance.
  const auto half = static_cast<std::uint64_t>(retry_.count() / 2);
  const Duration delay{static_cast<std::int64_t>(half + random_.below(half + 1))};
  retry_ = std::min(retry_ * 2, timing_.retry_max);
  loop_.after(delay, [this, life = life_] {
    if (life == life_) connect();
  });
  hooks_.down(why);
}

void Session::let_go() {
  dropped_.reset();
  up_ = false;
  const std::unique_ptr<Connection> gone = std::move(connection_);
  if (!gone) return;
  for (const OnReply& waiting : gone->take_waiting()) waiting(nullptr);
}

}  // namespace sagactl::redis
