// The fastest possible participant of a user's saga: it answers every POST with 200 and {"id":"1"}, every DELETE with
// 204 and everything else with 200 and {}, so that only who calls it is measured. One thread, connections kept open.
// `bench_participant [PORT]` serves on 127.0.0.1 until it is killed; without a port it takes a free one. It prints the
// port when it accepts connections.
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "bench/raw_server.hpp"

using sagactl::bench::listen_on, sagactl::bench::request_size;

namespace {

constexpr std::string_view created =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{\"id\":\"1\"}";
constexpr std::string_view removed = "HTTP/1.1 204 No Content\r\n\r\n";
constexpr std::string_view other = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";

struct Connection {
  int fd = -1;
  std::string unread;  // the beginning of a request
};

// False when the connection must be closed.
bool serve(Connection& connection) {
  static char bytes[65536];
  static std::string answers;
  const ssize_t count = recv(connection.fd, bytes, sizeof bytes, 0);
  if (count <= 0) return false;
  std::string_view input(bytes, static_cast<std::size_t>(count));
  if (!connection.unread.empty()) {
    connection.unread.append(input);
    input = connection.unread;
  }
  answers.clear();
  while (const std::size_t size = request_size(input)) {
    answers += input.starts_with("POST") ? created : input.starts_with("DELETE") ? removed : other;
    input.remove_prefix(size);
  }
  if (!answers.empty() &&
      send(connection.fd, answers.data(), answers.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(answers.size()))
    return false;
  if (input.empty())
    connection.unread.clear();
  else
    connection.unread = std::string(input);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  auto port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 0);
  const int listener = listen_on(port, "bench_participant");
  const int epoll = epoll_create1(0);
  std::unordered_map<int, std::unique_ptr<Connection>> connections;
  epoll_event interest{};
  interest.events = EPOLLIN;
  interest.data.ptr = nullptr;
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &interest);
  std::printf("%u\n", port);
  std::fflush(stdout);
  epoll_event events[256];
  while (true) {
    const int count = epoll_wait(epoll, events, 256, -1);
    for (int i = 0; i < count; ++i) {
      auto* connection = static_cast<Connection*>(events[i].data.ptr);
      if (!connection) {
        const int client = accept(listener, nullptr, nullptr);
        if (client < 0) continue;
        const int on = 1;
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        auto& made = connections[client] = std::make_unique<Connection>();
        made->fd = client;
        interest.data.ptr = made.get();
        epoll_ctl(epoll, EPOLL_CTL_ADD, client, &interest);
      } else if (!serve(*connection)) {
        close(connection->fd);
        connections.erase(connection->fd);
      }
    }
  }
}
