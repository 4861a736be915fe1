#include "tests/services/slow_proxy.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "common/result.hpp"

namespace sagactl {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

SlowProxy::SlowProxy(std::uint16_t to) : to_(to), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    crash("the proxy of a test cannot listen");
  port_ = ntohs(address.sin_port);
  accepting_ = std::thread([this] { accept(); });
}

SlowProxy::~SlowProxy() {
  ::shutdown(listener_, SHUT_RDWR);
  accepting_.join();
  for (const int fd : sockets_) ::shutdown(fd, SHUT_RDWR);
  for (std::thread& thread : passing_) thread.join();
  for (const int fd : sockets_) ::close(fd);
  ::close(listener_);
}

void SlowProxy::accept() {
  for (;;) {
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(to_);
    (void)::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    sockets_.insert(sockets_.end(), {client, server});
    passing_.emplace_back([this, client, server] { pass(client, server, false); });
    passing_.emplace_back([this, client, server] { pass(server, client, true); });
  }
}

// Until either end closes.
void SlowProxy::pass(int from, int to, bool slowly) {
  std::array<char, 16384> buffer;
  for (;;) {
    const ssize_t got = ::recv(from, buffer.data(), buffer.size(), 0);
    if (got <= 0) break;
    if (slowly) std::this_thread::sleep_for(delay_.load());  // the slowness is what this is for
    if (::send(to, buffer.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL) != got) break;
  }
  ::shutdown(from, SHUT_RDWR);
  ::shutdown(to, SHUT_RDWR);
}

}  // namespace sagactl
