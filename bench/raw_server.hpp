// What the benchmarks' own HTTP servers have in common. They read requests as cheaply as possible, so that the sender
// is what is measured.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace sagactl::bench {

// A socket that listens on 127.0.0.1. Port 0: any free one, which is then in `port`. Ends the program when it cannot.
inline int listen_on(std::uint16_t& port, const char* program) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(fd, 4096) != 0) {
    std::perror(program);
    std::exit(1);
  }
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  port = ntohs(address.sin_port);
  return fd;
}

// The size of the complete request at the beginning of `input`; 0: it is incomplete.
inline std::size_t request_size(std::string_view input) {
  const auto head = input.find("\r\n\r\n");
  if (head == std::string_view::npos) return 0;
  const auto length = input.substr(0, head).find("ontent-Length: ");
  const std::size_t content =
      length == std::string_view::npos ? 0 : std::strtoul(input.data() + length + 15, nullptr, 10);
  const std::size_t size = head + 4 + content;
  return size <= input.size() ? size : 0;
}

}  // namespace sagactl::bench
