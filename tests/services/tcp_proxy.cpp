#include "tests/services/tcp_proxy.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "tests/services/loopback.hpp"

namespace sagactl {
namespace {

constexpr std::size_t held_max = 4 << 20;  // bytes of one direction in the proxy
constexpr int poll_ms_max = 200;

Error failed(const char* what, std::uint16_t port) {
  return Error{ErrorCode::unavailable,
               std::string(what) + " port " + std::to_string(port) + ": " + std::strerror(errno)};
}

// A reset instead of an orderly close.
void reset(int socket) {
  const linger now{1, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::close(socket);
}

}  // namespace

Result<std::unique_ptr<TcpProxy>> TcpProxy::start(std::uint16_t port, std::uint16_t target_port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (listener < 0) return failed("no socket for", port);
  const int yes = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address = loopback(port);
  socklen_t size = sizeof address;
  int wake[2];
  if (::bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener, 1024) != 0 ||
      ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
      ::pipe2(wake, O_CLOEXEC | O_NONBLOCK) != 0) {
    const Error error = failed("cannot listen at", port);
    ::close(listener);
    return error;
  }
  return std::unique_ptr<TcpProxy>(new TcpProxy(listener, ntohs(address.sin_port), target_port, wake[0], wake[1]));
}

TcpProxy::TcpProxy(int listener, std::uint16_t port, std::uint16_t target_port, int wake_read, int wake_write)
    : listener_(listener), port_(port), target_port_(target_port), wake_read_(wake_read), wake_write_(wake_write) {
  thread_ = std::thread([this] { run(); });
}

TcpProxy::~TcpProxy() {
  stopping_ = true;
  (void)!::write(wake_write_, "x", 1);
  thread_.join();
  for (Link& link : links_) {
    reset(link.up.from);
    reset(link.up.to);
  }
  for (const int fd : {listener_, wake_read_, wake_write_}) ::close(fd);
}

void TcpProxy::set(Mode mode, std::chrono::milliseconds delay) {
  delay_ms_ = delay.count();
  mode_ = mode;
  (void)!::write(wake_write_, "x", 1);
}

void TcpProxy::accept_one() {
  const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (client < 0) return;
  if (mode_ == Mode::cut) return reset(client);
  const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(target_port_);
  if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(server);
    return reset(client);
  }
  ::fcntl(server, F_SETFL, O_NONBLOCK);
  const int yes = 1;
  for (const int fd : {client, server}) ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  Link& link = links_.emplace_back();
  link.up = {client, server, {}, 0, false, false};
  link.down = {server, client, {}, 0, false, false};
}

void TcpProxy::apply_mode() {
  char ignored[64];
  while (::read(wake_read_, ignored, sizeof ignored) > 0) continue;
  if (mode_ == Mode::cut)
    for (Link& link : links_) link.broken = true;
  if (mode_ == Mode::half_close)
    for (Link& link : links_) {
      link.down.chunks.clear();
      link.down.held = 0;
      link.down.ended = true;
    }
}

void TcpProxy::move_bytes(Link& link, Direction& direction, bool readable) {
  const Clock::time_point now = Clock::now();
  char buffer[64 * 1024];
  if (readable && !direction.ended) {
    const ssize_t count = ::recv(direction.from, buffer, sizeof buffer, 0);
    if (count > 0) {
      const auto later = std::chrono::milliseconds(mode_ == Mode::delay ? delay_ms_.load() : 0);
      direction.chunks.push_back({now + later, std::string(buffer, static_cast<std::size_t>(count))});
      direction.held += static_cast<std::size_t>(count);
    } else if (count == 0) {
      direction.ended = true;
    } else if (errno != EAGAIN && errno != EINTR) {
      link.broken = true;
    }
  }
  if (mode_ == Mode::black_hole) return;
  while (!direction.chunks.empty() && direction.chunks.front().due <= now && !link.broken) {
    std::string& bytes = direction.chunks.front().bytes;
    const ssize_t count = ::send(direction.to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0) {
      link.broken = errno != EAGAIN && errno != EINTR;
      return;
    }
    direction.held -= static_cast<std::size_t>(count);
    bytes.erase(0, static_cast<std::size_t>(count));
    if (!bytes.empty()) return;
    direction.chunks.pop_front();
  }
  if (direction.ended && direction.chunks.empty() && !direction.closed) {
    ::shutdown(direction.to, SHUT_WR);
    direction.closed = true;
  }
}

int TcpProxy::milliseconds_to_wait() const {
  int wait = poll_ms_max;
  for (const Link& link : links_)
    for (const Direction* direction : {&link.up, &link.down})
      if (!direction->chunks.empty() && mode_ != Mode::black_hole) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(direction->chunks.front().due - Clock::now());
        wait = std::clamp(static_cast<int>(left.count()), 1, wait);
      }
  return wait;
}

void TcpProxy::run() {
  std::vector<pollfd> polls;
  while (!stopping_) {
    polls = {{listener_, POLLIN, 0}, {wake_read_, POLLIN, 0}};
    const auto wanted = [](const Direction& direction) {
      return static_cast<short>(!direction.ended && direction.held < held_max ? POLLIN : 0);
    };
    for (Link& link : links_) {
      polls.push_back({link.up.from, wanted(link.up), 0});
      polls.push_back({link.down.from, wanted(link.down), 0});
    }
    if (::poll(polls.data(), polls.size(), milliseconds_to_wait()) < 0 && errno != EINTR) return;
    std::size_t at = 2;
    for (Link& link : links_) {
      const auto ready = [&polls](std::size_t index) {
        return (polls[index].revents & (POLLIN | POLLHUP | POLLERR)) != 0;
      };
      move_bytes(link, link.up, ready(at) && wanted(link.up) != 0);
      move_bytes(link, link.down, ready(at + 1) && wanted(link.down) != 0);
      at += 2;
    }
    if (polls[1].revents != 0) apply_mode();
    for (auto link = links_.begin(); link != links_.end();) {
      if (!link->broken && !(link->up.closed && link->down.closed)) {
        ++link;
        continue;
      }
      const auto end = link->broken ? reset : [](int fd) { ::close(fd); };
      end(link->up.from);
      end(link->up.to);
      link = links_.erase(link);
    }
    if (polls[0].revents != 0) accept_one();
  }
}

}  // namespace sagactl
