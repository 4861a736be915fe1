// Ports for servers that a test starts by itself.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "common/result.hpp"

namespace sagactl {

// Below those that the system gives to connections that go out and to servers that ask for any port, and outside of
// those that scripts choose from.
inline constexpr int first_free_port = 10'000, free_ports = 10'000;

// Whether no other test has it: a name among the Unix sockets, which goes with this process. tests/e2e/trips.py does
// the same.
inline bool reserve_port(int port) {
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = "sagactl-test-port-" + std::to_string(port);
  name.copy(address.sun_path + 1, name.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), size) == 0) return true;
  ::close(socket);
  return false;
}

inline bool is_port_unused(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;  // what a server that was killed leaves there does not count
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  const bool unused = ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return unused;
}

// A port on which nothing listens, and which no other test is given while this process lives.
inline std::uint16_t free_port() {
  static int next = ::getpid() * 7;
  for (int tries = 0; tries < free_ports; ++tries) {
    const int port = first_free_port + next++ % free_ports;
    if (reserve_port(port) && is_port_unused(port)) return static_cast<std::uint16_t>(port);
  }
  crash("no port is free for a server of the tests");
}

}  // namespace sagactl
