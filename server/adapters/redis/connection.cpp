#include "server/adapters/redis/connection.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <hiredis/hiredis.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <utility>

namespace sagactl::redis {

void Connection::Free::operator()(redisContext* context) const {
  redisFree(context);
}

Connection::Connection(const std::string& host, std::uint16_t port, Duration timeout)
    : context_(redisConnectNonBlock(host.c_str(), port)), timeout_(timeout) {
  if (!context_)
    failure_ = "out of memory";
  else if (context_->err != 0)
    failure_ = context_->errstr;
  else
    // Finds a peer that went away without a word while nothing is being asked. Without it the next question does.
    (void)redisEnableKeepAlive(context_.get());
}

Connection::~Connection() = default;

void Connection::send(const Command& command, OnReply on_reply) {
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
  waiting_.push_back({std::move(on_reply), Loop::Steady::now()});
  if (redisAppendCommandArgv(context_.get(), static_cast<int>(parts.size()), parts.data(), sizes.data()) !=
      REDIS_OK)
    fail(context_->errstr);
  has_output_ = true;
}

void Connection::fail(std::string why) {
  if (failure_.empty()) failure_ = std::move(why);
}

std::vector<OnReply> Connection::take_waiting() {
  std::vector<OnReply> taken;
  for (Waiting& each : waiting_) taken.push_back(std::move(each.on_reply));
  waiting_.clear();
  return taken;
}

int Connection::fd() const {
  return failure_.empty() ? context_->fd : -1;
}

short Connection::interest() const {
  return static_cast<short>(has_output_ ? POLLIN | POLLOUT : POLLIN);
}

std::optional<Loop::Time> Connection::deadline() const {
  if (waiting_.empty() || !failure_.empty()) return std::nullopt;
  return waiting_.front().sent + timeout_;
}

void Connection::ready(short events) {
  if (failure_.empty() && has_output_ && (events & (POLLOUT | POLLERR | POLLHUP)) != 0) write();
  if (failure_.empty() && (events & (POLLIN | POLLERR | POLLHUP)) != 0) read();
}

void Connection::expire(Loop::Time now) {
  const auto until = deadline();
  if (until && now >= *until)
    fail(fmt::format("no answer within {} ms", timeout_.count() / 1000));
}

void Connection::write() {
  int done = 0;
  if (redisBufferWrite(context_.get(), &done) != REDIS_OK)
    fail(context_->errstr);
  else
    has_output_ = done == 0;
}

void Connection::read() {
  if (redisBufferRead(context_.get()) != REDIS_OK) fail(context_->errstr);
  take_replies();  // also those that came before the end
}

void Connection::take_replies() {
  for (;;) {
    void* taken = nullptr;
    if (redisReaderGetReply(context_->reader, &taken) != REDIS_OK) return fail(context_->reader->errstr);
    if (taken == nullptr) return;
    const std::unique_ptr<redisReply, void (*)(void*)> reply(static_cast<redisReply*>(taken), freeReplyObject);
    if (waiting_.empty()) {
      if (push_) push_(*reply);
      continue;
    }
    const Waiting asked = std::move(waiting_.front());
    waiting_.pop_front();
    last_answer_took_ = std::chrono::duration_cast<Duration>(Loop::Steady::now() - asked.sent);
    asked.on_reply(reply.get());
  }
}

std::string Connection::peer() const {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  char digits[NI_MAXHOST] = "";
  if (::getpeername(context_->fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return {};
  const int failed = ::getnameinfo(reinterpret_cast<sockaddr*>(&address), size, digits, sizeof digits, nullptr, 0,
                                   NI_NUMERICHOST);
  return failed ? std::string() : std::string(digits);
}

}  // namespace sagactl::redis
