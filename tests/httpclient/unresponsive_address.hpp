// An address that neither accepts nor refuses connections, like a machine behind a broken network.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <vector>

#include "common/result.hpp"

namespace sagactl {

class UnresponsiveAddress {
 public:
  explicit UnresponsiveAddress(std::uint16_t port, const char* host = "127.0.0.1") {
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_port = htons(port);
    inet_pton(AF_INET, host, &here.sin_addr);
    const auto* address = reinterpret_cast<const sockaddr*>(&here);
    const int listener = open();
    if (bind(listener, address, sizeof here) != 0 || listen(listener, 0) != 0) crash("a test's address is taken");
    // After these the accept queue is full.
    for (int i = 0; i < 3; ++i) (void)connect(open(), address, sizeof here);
  }
  ~UnresponsiveAddress() {
    for (const int socket : sockets_) close(socket);
  }
  UnresponsiveAddress(const UnresponsiveAddress&) = delete;
  UnresponsiveAddress& operator=(const UnresponsiveAddress&) = delete;

 private:
  int open() {
    sockets_.push_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    return sockets_.back();
  }

  std::vector<int> sockets_;
};

}  // namespace sagactl
