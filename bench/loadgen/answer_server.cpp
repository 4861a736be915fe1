// The fastest possible server: it answers every request with the same bytes, so that only the generator is measured.
// `answer_server PORT` serves on 127.0.0.1 until it is killed. It records when each POST arrived: `GET /lateness/RATE`
// returns how late they were for a constant rate, and discards them.
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bench/raw_server.hpp"

using sagactl::bench::listen_on, sagactl::bench::request_size;

namespace {

constexpr std::string_view body =
    R"({"id":"867a4850-d872-42eb-a83d-c71921cdc0c3","userId":"4b984cd8-c2cb-4d9b-94ca-cb114ebb0892",)"
    R"("totalAmount":1234.56,"status":"pending","items":[{"productId":"LT-bench00000-S-00000000",)"
    R"("productName":"Load test product","quantity":2,"price":617.28}],"shippingAddress":"Load test street 1",)"
    R"("createdAt":"2026-11-20T13:04:09.707Z","updatedAt":"2026-11-20T13:04:09.707Z",)"
    R"("correlationId":"5ff5029b-6c71-4ce1-8165-72e5c1fb0620"})";

std::string make_answer() {
  return "HTTP/1.1 201 Created\r\nServer: bench\r\nContent-Type: application/json; charset=utf-8\r\n"
         "X-Correlation-ID: 5ff5029b-6c71-4ce1-8165-72e5c1fb0620\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

constexpr std::size_t arrivals_max = 4'000'000;
std::vector<std::int64_t> arrivals;  // nanoseconds

std::int64_t now_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

// For evenly spaced requests. The start of the plan is unknown here: it is derived from the request that was the least
// late.
std::string lateness_answer(double rate) {
  std::vector<double> late;
  double earliest = 1e18;
  for (std::size_t i = 0; i < arrivals.size(); ++i) {
    const double off = static_cast<double>(arrivals[i] - arrivals.front()) - static_cast<double>(i) * 1e9 / rate;
    late.push_back(off);
    earliest = std::min(earliest, off);
  }
  std::sort(late.begin(), late.end());
  const auto at = [&](double share) {
    if (late.empty()) return 0.0;
    return (late[static_cast<std::size_t>(share * static_cast<double>(late.size() - 1))] - earliest) / 1e6;
  };
  char text[160];
  std::snprintf(text, sizeof text, "requests %zu p50 %.3f p99 %.3f p99.9 %.3f max %.3f\n", late.size(), at(0.5),
                at(0.99), at(0.999), at(1));
  arrivals.clear();
  return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + std::to_string(std::strlen(text)) + "\r\n\r\n" +
         text;
}

// False when the connection must be closed.
bool serve(int fd, std::string& pending, std::string_view answer) {
  char bytes[65536];
  const ssize_t count = recv(fd, bytes, sizeof bytes, 0);
  if (count <= 0) return false;
  std::string_view input(bytes, static_cast<std::size_t>(count));
  if (!pending.empty()) {
    pending.append(input);
    input = pending;
  }
  while (const std::size_t size = request_size(input)) {
    constexpr std::string_view question = "GET /lateness/";
    if (input.starts_with(question)) {
      const std::string lateness = lateness_answer(std::strtod(input.data() + question.size(), nullptr));
      send(fd, lateness.data(), lateness.size(), MSG_NOSIGNAL);
      return false;
    }
    if (arrivals.size() < arrivals_max) arrivals.push_back(now_ns());
    if (send(fd, answer.data(), answer.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(answer.size())) return false;
    input.remove_prefix(size);
  }
  pending = std::string(input);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  auto port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 0);
  const int listener = listen_on(port, "answer_server");
  const int epoll = epoll_create1(0);
  const std::string answer = make_answer();
  arrivals.reserve(arrivals_max);
  std::unordered_map<int, std::string> pending;
  epoll_event interest{};
  interest.events = EPOLLIN;
  interest.data.fd = listener;
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &interest);
  epoll_event events[256];
  while (true) {
    const int count = epoll_wait(epoll, events, 256, -1);
    for (int i = 0; i < count; ++i) {
      const int fd = events[i].data.fd;
      if (fd == listener) {
        const int client = accept(listener, nullptr, nullptr);
        const int on = 1;
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        interest.data.fd = client;
        epoll_ctl(epoll, EPOLL_CTL_ADD, client, &interest);
      } else if (!serve(fd, pending[fd], answer)) {
        pending.erase(fd);
        close(fd);
      }
    }
  }
}
