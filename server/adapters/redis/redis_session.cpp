#include "server/adapters/redis/redis_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "server/adapters/redis/redis_error.hpp"
#include "server/adapters/redis/redis_reply.hpp"

namespace sagactl::redis {

RedisSession::RedisSession(EventLoop& loop, SessionTiming timing, std::uint64_t seed, Hooks hooks)
    : loop_(loop), timing_(timing), random_(seed), hooks_(std::move(hooks)), retry_(timing.retry_min) {
  loop_.add(*this);
}

void RedisSession::start(RedisAddress address, std::optional<RedisEndpoint> only) {
  stop();
  if (only) {
    address.kind = RedisKind::standalone;
    address.host = only->host;
    address.port = only->port;
    address.socket = only->socket;
  }
  server_name_ = only ? only->server_name : std::string();
  route_ = RedisRoute(std::move(address));
  retry_ = timing_.retry_min;
  connect();
}

void RedisSession::stop() {
  ++start_;
  disconnect();
}

void RedisSession::connect() {
  const RedisAddress& address = route_.address();
  if (address.tls && !tls_) {
    auto context = make_tls_context(address.security);
    if (!context) return retry_later(context.error());
    tls_ = std::move(context).value();
  }
  RedisEndpoint endpoint = route_.next();
  if (!server_name_.empty()) endpoint.server_name = server_name_;
  connection_ = std::make_unique<RedisConnection>(endpoint, address.tls ? tls_ : TlsContext(), timing_.reply_timeout);
  if (route_.asks()) return ask_for_master();
  authenticate(address.user, address.password);
  select();
  hooks_.on_connected();
}

void RedisSession::ask_for_master() {
  const RedisAddress& address = route_.address();
  authenticate(address.security.sentinel_user, address.security.sentinel_password);
  send({"SENTINEL", "GET-MASTER-ADDR-BY-NAME", address.master}, [this](const redisReply* reply) {
    if (!reply || !connection_) return;
    if (is_error(*reply)) return drop(error_of_sentinel(*reply));
    const redisReply* host = element(*reply, 0);
    const redisReply* port = element(*reply, 1);
    const auto number = port ? integer(*port) : std::nullopt;
    if (!host || !number || *number < 1 || *number > 65535)
      return drop(Error{ErrorCode::unavailable, fmt::format("this sentinel knows no master named {}; check the name",
                                                            route_.address().master)});
    route_.found({std::string(text(*host)), static_cast<std::uint16_t>(*number)});
    goes_on_ = true;
    drop(Error{ErrorCode::unavailable, "the master was found"});
  });
}

void RedisSession::authenticate(const std::string& user, const std::string& password) {
  if (password.empty()) return;
  Command auth{"AUTH", password};
  if (!user.empty()) auth.insert(auth.begin() + 1, user);
  send(auth, expecting_ok(ErrorCode::invalid,
                          route_.asks() ? "check the password of the sentinels, in REDIS_SENTINEL_PASSWORD"
                                        : "check the password, in the URL, or in REDIS_PASSWORD beside REDIS_HOST"));
}

void RedisSession::select() {
  if (route_.address().database != 0)
    send({"SELECT", std::to_string(route_.address().database)},
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
  route_.arrived();
  retry_ = timing_.retry_min;
  hooks_.on_up();
}

void RedisSession::drop(Error why) {
  if (connection_ && !dropped_) dropped_ = std::move(why);
}

void RedisSession::drop_for(const redisReply& error) {
  if (!connection_ || dropped_) return;
  goes_on_ = route_.follow(text(error), connection_->endpoint());
  Error why = error_of_reply(&error);
  // The nodes of a cluster do not agree for a while after a failover.
  if (route_.address().kind == RedisKind::cluster && error_code(error) == "MOVED") why.code = ErrorCode::unavailable;
  drop(std::move(why));
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
  const RedisEndpoint endpoint = connection_->endpoint();
  Error why = dropped_ ? std::move(*dropped_)
                       : Error{connection_->failed_for_good() ? ErrorCode::invalid : ErrorCode::unavailable,
                               connection_->failure()};
  const bool goes_on = std::exchange(goes_on_, false) || route_.failed();
  const bool was_up = up_;
  disconnect();
  if (route_.address().kind == RedisKind::standalone)
    why.message = fmt::format("Redis at {}: {}", route_.address().shown(), why.message);
  else
    why.message = fmt::format("Redis at {}: {}: {}", route_.address().shown(),
                              host_port_text(endpoint.host, endpoint.port), why.message);
  if (goes_on) {  // to another server, at once
    loop_.after({}, [this, start = start_] {
      if (start == start_) connect();
    });
    if (was_up) hooks_.on_down(why);
    return;
  }
  retry_later(why);
}

void RedisSession::retry_later(const Error& why) {
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
  goes_on_ = false;
  up_ = false;
  const std::unique_ptr<RedisConnection> lost = std::move(connection_);
  if (!lost) return;
  for (const OnReply& on_reply : lost->take_pending()) on_reply(nullptr);
}

}  // namespace sagactl::redis
