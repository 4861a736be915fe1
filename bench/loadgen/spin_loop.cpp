// The simplest possible generator, for comparison: polls the clock, sends the same bytes at even intervals over its
// connections in turn, and discards the answers. `spin_loop PORT RATE SECONDS
// CONNECTIONS`.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

namespace {

std::int64_t now_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

int connect_to(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    std::perror("spin_loop");
    std::exit(1);
  }
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: spin_loop PORT RATE SECONDS CONNECTIONS\n");
    return 4;
  }
  const double rate = std::atof(argv[2]), seconds = std::atof(argv[3]);
  std::vector<int> connections;
  for (int i = 0; i < std::atoi(argv[4]); ++i)
    connections.push_back(connect_to(static_cast<std::uint16_t>(std::atoi(argv[1]))));
  const std::string body =
      R"({"items":[{"productId":"LT-bench00000-S-00000000","productName":"Load test product","quantity":2,)"
      R"("price":617.28}],"shippingAddress":"Load test street 1"})";
  const std::string request =
      "POST /orders HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body;
  const auto count = static_cast<std::size_t>(rate * seconds);
  const std::int64_t begin = now_ns() + 2'000'000;
  char answer[4096];
  for (std::size_t i = 0; i < count; ++i) {
    const auto due = begin + static_cast<std::int64_t>(static_cast<double>(i) * 1e9 / rate);
    while (now_ns() < due) {
    }
    const int fd = connections[i % connections.size()];
    while (recv(fd, answer, sizeof answer, MSG_DONTWAIT) > 0) {
    }
    if (send(fd, request.data(), request.size(), MSG_NOSIGNAL) < 0) return 1;
  }
  usleep(100'000);
  return 0;
}
