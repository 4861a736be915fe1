#include "server/adapters/redis/redis_connection.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <hiredis/hiredis.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <utility>

namespace sagactl::redis {

void RedisConnection::Free::operator()(redisContext* context) const {
  redisFree(context);
}

RedisConnection::RedisConnection(const std::string& host, std::uint16_t port, Duration timeout)
    : context_(redisConnectNonBlock(host.c_str(), port)), timeout_(timeout) {
  if (!context_)
    failure_ = "out of memory";
  else if (context_->err != 0)
    failure_ = context_->errstr;
  else
    // Detects a peer that vanished while no command is pending. If this fails, the next command detects it.
    (void)redisEnableKeepAlive(context_.get());
}

RedisConnection::~RedisConnection() = default;

void RedisConnection::send(const Command& command, OnReply on_reply) {
  if (!failure_.empty()) {
    on_reply(nullptr);
    return;
  }
  std::vector<const char*> parts;
  std::vector<std::size_t> sizes;
  for (const std::string& part : command) {
    parts.push_back(part.data());
    sizes.push_back(part.size());
  }
  pending_.push_back({std::move(on_reply), EventLoop::Steady::now()});
  if (redisAppendCommandArgv(context_.get(), static_cast<int>(parts.size()), parts.data(), sizes.data()) != REDIS_OK)
    fail(context_->errstr);
  has_output_ = true;
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
  return failure_.empty() ? context_->fd : -1;
}

short RedisConnection::interest() const {
  return static_cast<short>(has_output_ ? POLLIN | POLLOUT : POLLIN);
}

std::optional<EventLoop::Time> RedisConnection::deadline() const {
  if (pending_.empty() || !failure_.empty()) return std::nullopt;
  return pending_.front().sent + timeout_;
}

void RedisConnection::ready(short events) {
  if (failure_.empty() && has_output_ && (events & (POLLOUT | POLLERR | POLLHUP)) != 0) write();
  if (failure_.empty() && (events & (POLLIN | POLLERR | POLLHUP)) != 0) read();
}

void RedisConnection::expire(EventLoop::Time now) {
  const auto until = deadline();
  if (until && now >= *until) fail(fmt::format("no reply within {} ms", timeout_.count() / 1000));
}

void RedisConnection::write() {
  int done = 0;
  if (redisBufferWrite(context_.get(), &done) != REDIS_OK)
    fail(context_->errstr);
  else
    has_output_ = done == 0;
}

void RedisConnection::read() {
  if (redisBufferRead(context_.get()) != REDIS_OK) fail(context_->errstr);
  take_replies();  // also those that came before the connection was lost
}

void RedisConnection::take_replies() {
  for (;;) {
    void* taken = nullptr;
    if (redisReaderGetReply(context_->reader, &taken) != REDIS_OK) return fail(context_->reader->errstr);
    if (taken == nullptr) return;
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

std::string RedisConnection::peer() const {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  char digits[NI_MAXHOST] = "";
  if (::getpeername(context_->fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return {};
  const int failed =
      ::getnameinfo(reinterpret_cast<sockaddr*>(&address), size, digits, sizeof digits, nullptr, 0, NI_NUMERICHOST);
  return failed ? std::string() : std::string(digits);
}

}  // namespace sagactl::redis
