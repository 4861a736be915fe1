#include "tests/httpclient/scripted_server.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>

#include "common/result.hpp"
#include "common/text/text.hpp"
#include "tests/services/free_port.hpp"

namespace sagactl {
namespace {

int listen_on_loopback(std::uint16_t* port, const std::string& host = "127.0.0.1") {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  inet_pton(AF_INET, host.c_str(), &address.sin_addr);
  address.sin_port = htons(*port);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  socklen_t size = sizeof address;
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(fd, 512) != 0) {
    crash("the test server cannot listen");
  }
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  *port = ntohs(address.sin_port);
  return fd;
}

// Removes the first complete request from `input`.
std::optional<Received> take_request(std::string& input) {
  const auto head_end = input.find("\r\n\r\n");
  if (head_end == std::string::npos) return std::nullopt;
  Received request;
  std::string_view head = std::string_view(input).substr(0, head_end);
  bool first = true;
  for (const std::string& raw : split(head, '\n')) {
    const std::string_view line = trim(raw);
    if (first) {
      const auto words = split(line, ' ');
      if (words.size() > 1) {
        request.method = words[0];
        request.path = words[1];
      }
      first = false;
      continue;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    request.headers[lower(line.substr(0, colon))] = trim(line.substr(colon + 1));
  }
  const auto length = request.headers.find("content-length");
  const std::size_t body_size = length == request.headers.end() ? 0 : std::stoul(length->second);
  if (input.size() < head_end + 4 + body_size) return std::nullopt;
  request.body = input.substr(head_end + 4, body_size);
  input.erase(0, head_end + 4 + body_size);
  return request;
}

}  // namespace

TestAnswer answer(int status, std::string_view body, std::string_view headers) {
  return {fmt::format("HTTP/1.1 {} Some Reason\r\nContent-Type: application/json\r\n{}Content-Length: {}\r\n\r\n{}",
                      status, headers, body.size(), body)};
}

TestAnswer chunked_answer(int status, const std::vector<std::string>& chunks) {
  std::string bytes = fmt::format("HTTP/1.1 {} Some Reason\r\nTransfer-Encoding: chunked\r\n\r\n", status);
  for (const std::string& chunk : chunks) bytes += fmt::format("{:x}\r\n{}\r\n", chunk.size(), chunk);
  return {bytes + "0\r\n\r\n"};
}

ScriptedServer::ScriptedServer(Handler handler, const std::string& host, std::uint16_t port)
    : handler_(std::move(handler)), host_(host), port_(port) {
  listener_ = listen_on_loopback(&port_, host);
  acceptor_ = std::thread([this] { accept_all(); });
}

ScriptedServer::~ScriptedServer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const int fd : open_) shutdown(fd, SHUT_RDWR);
  }
  changed_.notify_all();
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (std::thread& thread : threads_) thread.join();
  close(listener_);
}

std::string ScriptedServer::url() const {
  return fmt::format("http://{}:{}", host_, port_);
}

void ScriptedServer::freeze() {
  const std::lock_guard lock(mutex_);
  frozen_ = true;
}

void ScriptedServer::thaw() {
  const std::lock_guard lock(mutex_);
  frozen_ = false;
  changed_.notify_all();
}

void ScriptedServer::wait_until_all_are_closed() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return open_.empty(); });
}

void ScriptedServer::wait_while_frozen() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !frozen_ || stopping_; });
}

void ScriptedServer::accept_all() {
  while (true) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      close(fd);
      return;
    }
    ++connections_;
    open_.insert(fd);
    threads_.emplace_back([this, fd] { serve(fd); });
  }
}

bool ScriptedServer::send_answer(int fd, const TestAnswer& answer) {
  std::string_view rest = answer.bytes;
  while (!rest.empty()) {
    const ssize_t count = ::send(fd, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  if (answer.after == TestAnswer::After::reset) {
    const linger hard{1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  }
  return answer.after == TestAnswer::After::keep || answer.after == TestAnswer::After::silence;
}

void ScriptedServer::serve(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  std::string input;
  bool silent = false;
  bool open = true;
  char bytes[8192];
  while (open) {
    const ssize_t count = recv(fd, bytes, sizeof bytes, 0);
    if (count <= 0) break;
    if (silent) continue;
    input.append(bytes, static_cast<std::size_t>(count));
    while (auto request = take_request(input)) {
      const TestAnswer reply = handler_(*request);
      wait_while_frozen();
      open = send_answer(fd, reply);
      silent = reply.after == TestAnswer::After::silence;
      if (!open || silent) break;
    }
  }
  const std::lock_guard lock(mutex_);
  open_.erase(fd);
  close(fd);
  changed_.notify_all();
}

std::uint16_t closed_port() {
  return free_port();
}

}  // namespace sagactl
