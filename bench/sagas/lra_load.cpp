// A client of LRAs for bench/sagas/run: many connections, each of which starts LRAs one after the other, joins two
// participants to each and closes it. `bench_lra PORT PARTICIPANT LRAS CONNECTIONS [open]`: LRAs of the node at PORT,
// whose participants are at the port PARTICIPANT; with `open` they are left open. Prints how many were Closed (or
// joined) and the LRAs per second.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

// One connection that is kept open. A failure ends the program: then there is nothing to measure.
class Connection {
 public:
  explicit Connection(std::uint16_t port) {
    fd_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) fail("connect");
    const int on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  ~Connection() { close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // The body of the answer.
  std::string send(const char* method, const std::string& path, const std::string& headers = {}) {
    std::string request = method;
    request.append(" ").append(path).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n");
    request.append(headers).append("\r\n");
    if (write(fd_, request.data(), request.size()) != static_cast<ssize_t>(request.size())) fail("write");
    for (;;) {
      const auto head = input_.find("\r\n\r\n");
      if (head != input_.npos) {
        const auto length = input_.find("ontent-Length: ");
        const std::size_t body = length < head ? std::strtoul(input_.c_str() + length + 15, nullptr, 10) : 0;
        if (input_.size() >= head + 4 + body) {
          std::string out = input_.substr(head + 4, body);
          input_.erase(0, head + 4 + body);
          return out;
        }
      }
      char bytes[8192];
      const auto got = read(fd_, bytes, sizeof bytes);
      if (got <= 0) fail("read");
      input_.append(bytes, static_cast<std::size_t>(got));
    }
  }

 private:
  [[noreturn]] static void fail(const char* what) {
    std::perror(what);
    std::exit(1);
  }
  int fd_ = -1;
  std::string input_;
};

std::string link_header(const std::string& participant, const char* path) {
  const std::string url = "http://127.0.0.1:" + participant + path;
  return "Link: <" + url + "/compensate>; rel=compensate,<" + url + "/complete>; rel=complete\r\n";
}

// Whether it ended as it should.
bool run_one(Connection& node, const std::string& participant, bool leaves_open) {
  const std::string id = node.send("POST", "/lra-coordinator/start");
  const auto path = id.find("/lra-coordinator/");
  if (path == id.npos) return false;
  const std::string route = id.substr(path);
  bool has_joined = true;
  for (const char* each : {"/hotel", "/flight"})
    has_joined &= node.send("PUT", route, link_header(participant, each)).find("/recovery/") != std::string::npos;
  return has_joined && (leaves_open || node.send("PUT", route + "/close") == "Closed");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) {
    std::fputs("bench_lra PORT PARTICIPANT LRAS CONNECTIONS [open]\n", stderr);
    return 2;
  }
  const auto port = static_cast<std::uint16_t>(std::atoi(argv[1]));
  const std::string participant = argv[2];
  const long lras = std::atol(argv[3]), connections = std::atol(argv[4]);
  const bool leaves_open = argc > 5 && std::string_view(argv[5]) == "open";
  std::atomic<long> next{0}, right{0};
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  for (long i = 0; i < connections; ++i)
    threads.emplace_back([&] {
      Connection node(port);
      while (next++ < lras) right += run_one(node, participant, leaves_open);
    });
  for (std::thread& each : threads) each.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::printf("%ld %.0f\n", right.load(), static_cast<double>(lras) / took.count());
  return right == lras ? 0 : 1;
}
