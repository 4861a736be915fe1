#include "server/adapters/redis/redis_connection.hpp"

#include <fmt/format.h>
#include <hiredis/hiredis.h>
#include <poll.h>

#include <utility>

namespace sagactl::redis {
namespace {

constexpr Duration handshake_time = 1s;

// A kind of value in Redis' protocol, with its size.
void append_size(std::string& bytes, char kind, std::size_t size) {
  const fmt::format_int digits(size);
  bytes += kind;
  bytes.append(digits.data(), digits.size()).append("\r\n", 2);
}

// An array of texts.
void append_command(std::string& bytes, const Command& command) {
  append_size(bytes, '*', command.size());
  for (const std::string& part : command) {
    append_size(bytes, '$', part.size());
    bytes.append(part).append("\r\n", 2);
  }
}

}  // namespace

void RedisConnection::Free::operator()(redisReader* reader) const {
  redisReaderFree(reader);
}

RedisConnection::RedisConnection(const RedisEndpoint& endpoint, const TlsContext& tls, Duration timeout)
    : endpoint_(endpoint), socket_(endpoint), reader_(redisReaderCreate()), timeout_(timeout) {
  if (!reader_) fail("out of memory");
  if (!socket_.failure().empty()) fail(socket_.failure());
  if (!failure_.empty()) return;
  if (tls) tls_ = std::make_unique<TlsStream>(tls, endpoint.server_name.empty() ? endpoint.host : endpoint.server_name);
  take_output();
}

RedisConnection::~RedisConnection() = default;

void RedisConnection::send(const Command& command, OnReply on_reply) {
  if (!failure_.empty()) {
    on_reply(nullptr);
    return;
  }
  pending_.push_back({std::move(on_reply), EventLoop::Steady::now()});
  if (tls_) {
    std::string bytes;
    append_command(bytes, command);
    tls_->write(bytes);
  } else {
    append_command(output_, command);
  }
  take_output();
}

void RedisConnection::take_output() {
  if (!tls_) return;
  output_ += tls_->take_encrypted();
  if (tls_->failure().empty()) return;
  failed_for_good_ = tls_->failure().starts_with("TLS failed");
  fail(tls_->failure());
}

void RedisConnection::fail(std::string why) {
  if (failure_.empty()) failure_ = std::move(why);
}

std::vector<OnReply> RedisConnection::take_pending() {
  std::vector<OnReply> taken;
  for (PendingReply& each : pending_) taken.push_back(std::move(each.on_reply));
  pending_.clear();
  return taken;
}

int RedisConnection::fd() const {
  return failure_.empty() ? socket_.fd() : -1;
}

short RedisConnection::interest() const {
  return static_cast<short>(!socket_.is_connected() || !output_.empty() ? POLLIN | POLLOUT : POLLIN);
}

std::optional<EventLoop::Time> RedisConnection::deadline() const {
  if (pending_.empty() || !failure_.empty()) return std::nullopt;
  const bool negotiates = tls_ && !tls_->is_open();
  return pending_.front().sent + timeout_ + (negotiates ? handshake_time : Duration{});
}

void RedisConnection::ready(short events) {
  if (!failure_.empty()) return;
  if (!socket_.is_connected()) {
    socket_.ready();
    if (!socket_.failure().empty()) return fail(socket_.failure());
    if (!socket_.is_connected()) return;
    events = POLLOUT;
  }
  if ((events & (POLLOUT | POLLERR | POLLHUP)) != 0) write();
  if (failure_.empty() && (events & (POLLIN | POLLERR | POLLHUP)) != 0) read();
}

void RedisConnection::expire(EventLoop::Time now) {
  const auto until = deadline();
  if (!until || now < *until) return;
  std::string why = fmt::format("no reply within {} ms", timeout_.count() / 1000);
  if (tls_ && !tls_->is_open() && socket_.is_connected())
    why += " to the beginning of TLS; if the server does not speak TLS at that port, write redis://";
  fail(std::move(why));
}

void RedisConnection::write() {
  socket_.send(output_);
  // A peer that closes may have said why: reading finds that out.
  if (!socket_.failure().empty()) read();
}

void RedisConnection::read() {
  std::string bytes;
  socket_.receive(bytes);
  if (tls_) {
    if (!bytes.empty()) tls_->receive(bytes);
    take_replies(tls_->take_plain());  // also those that came before the connection was lost
    take_output();
  } else {
    take_replies(bytes);
  }
  if (socket_.failure().empty()) return;
  const bool may_want_tls = !tls_ && !has_replied_ && endpoint_.socket.empty();
  fail(may_want_tls ? socket_.failure() + "; if it wants TLS, write rediss://" : socket_.failure());
}

void RedisConnection::take_replies(std::string_view bytes) {
  if (redisReaderFeed(reader_.get(), bytes.data(), bytes.size()) != REDIS_OK) return fail("out of memory");
  for (;;) {
    void* taken = nullptr;
    if (redisReaderGetReply(reader_.get(), &taken) != REDIS_OK) return fail(reader_->errstr);
    if (taken == nullptr) return;
    has_replied_ = true;
    const std::unique_ptr<redisReply, void (*)(void*)> reply(static_cast<redisReply*>(taken), freeReplyObject);
    if (pending_.empty()) {
      if (push_) push_(*reply);
      continue;
    }
    const PendingReply pending = std::move(pending_.front());
    pending_.pop_front();
    last_latency_ = std::chrono::duration_cast<Duration>(EventLoop::Steady::now() - pending.sent);
    pending.on_reply(reply.get());
  }
}

}  // namespace sagactl::redis
