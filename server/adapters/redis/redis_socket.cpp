#include "server/adapters/redis/redis_socket.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace sagactl::redis {
namespace {

constexpr std::size_t received_max = 16 * 1024;

// Finds out that a peer vanished while no command is pending. Without it the next command does.
void keep_alive(int fd) {
  const int on = 1, idle = 15, interval = 5, count = 3;
  ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count);
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

struct RedisSocket::Target {
  sockaddr_storage address{};
  socklen_t size = 0;
};

RedisSocket::RedisSocket(const RedisEndpoint& endpoint) {
  if (!endpoint.socket.empty()) {
    Target target;
    auto& address = reinterpret_cast<sockaddr_un&>(target.address);
    if (endpoint.socket.size() >= sizeof address.sun_path) {
      failure_ = "the path of the socket is too long";
      return;
    }
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, endpoint.socket.c_str(), endpoint.socket.size() + 1);
    target.size = sizeof address;
    targets_.push_back(target);
    try_next();
    return;
  }
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failed = ::getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(), &hints, &found);
  if (failed != 0) {
    failure_ = fmt::format("cannot resolve {}: {}", endpoint.host, ::gai_strerror(failed));
    return;
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, ::freeaddrinfo);
  for (; found; found = found->ai_next) {
    Target target;
    std::memcpy(&target.address, found->ai_addr, found->ai_addrlen);
    target.size = found->ai_addrlen;
    targets_.push_back(target);
  }
  try_next();
}

RedisSocket::~RedisSocket() {
  if (fd_ >= 0) ::close(fd_);
}

void RedisSocket::try_next() {
  while (next_ < targets_.size()) {
    const Target& target = targets_[next_++];
    if (fd_ >= 0) ::close(fd_);
    fd_ = ::socket(target.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd_ < 0) {
      fail_with(errno);
      continue;
    }
    if (target.address.ss_family != AF_UNIX) keep_alive(fd_);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&target.address), target.size) == 0) {
      failure_.clear();
      connected_ = true;
      return;
    }
    if (errno == EINPROGRESS) {
      failure_.clear();
      return;
    }
    fail_with(errno);
  }
}

void RedisSocket::fail_with(int error) {
  failure_ = std::strerror(error);
}

void RedisSocket::ready() {
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  if (error == 0) {
    connected_ = true;
    return;
  }
  fail_with(error);
  try_next();
}

void RedisSocket::send(std::string& bytes) {
  while (!bytes.empty() && failure_.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.erase(0, static_cast<std::size_t>(sent));
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return;
    if (errno != EINTR) fail_with(errno);
  }
}

void RedisSocket::receive(std::string& into) {
  for (;;) {
    std::array<char, received_max> piece;
    const ssize_t got = ::recv(fd_, piece.data(), piece.size(), 0);
    if (got > 0) {
      into.append(piece.data(), static_cast<std::size_t>(got));
      continue;
    }
    if (got == 0) {
      failure_ = "Server closed the connection";
      return;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) fail_with(errno);
    return;
  }
}

std::string RedisSocket::peer() const {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  char digits[NI_MAXHOST] = "";
  if (::getpeername(fd_, reinterpret_cast<sockaddr*>(&address), &size) != 0 || address.ss_family == AF_UNIX) return {};
  const int failed =
      ::getnameinfo(reinterpret_cast<sockaddr*>(&address), size, digits, sizeof digits, nullptr, 0, NI_NUMERICHOST);
  return failed ? std::string() : std::string(digits);
}

}  // namespace sagactl::redis
