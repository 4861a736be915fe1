#include "tests/http/support/raw_client.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <future>

#include "common/text/text.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl::http::testing {
namespace {}  // namespace

std::string RawResponse::header(std::string_view name) const {
  for (const std::string& line : split(head, '\n')) {
    const std::size_t colon = line.find(':');
    if (colon != line.npos && lower(line.substr(0, colon)) == name)
      return std::string(trim(std::string_view(line).substr(colon + 1)));
  }
  return {};
}

RawClient::RawClient(std::uint16_t port) {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{hang_limit.count(), 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
}

RawClient::~RawClient() {
  if (fd_ >= 0) ::close(fd_);
}

RawClient::RawClient(RawClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), buffer_(std::move(other.buffer_)) {}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void RawClient::shut_sending() {
  ::shutdown(fd_, SHUT_WR);
}

bool RawClient::fill() {
  char bytes[16384];
  const ssize_t count = ::recv(fd_, bytes, sizeof bytes, 0);
  if (count <= 0) return false;
  buffer_.append(bytes, static_cast<std::size_t>(count));
  return true;
}

std::string RawClient::receive_until(std::string_view mark) {
  std::size_t at;
  while ((at = buffer_.find(mark)) == buffer_.npos) {
    if (!fill()) return std::exchange(buffer_, {});
  }
  const std::size_t end = at + mark.size();
  std::string out = buffer_.substr(0, end);
  buffer_.erase(0, end);
  return out;
}

std::optional<RawResponse> RawClient::receive(bool has_body) {
  RawResponse response;
  response.head = receive_until("\r\n\r\n");
  if (!response.head.ends_with("\r\n\r\n")) return std::nullopt;
  response.status = std::stoi(response.head.substr(9, 3));
  const std::string length = response.header("content-length");
  if (!has_body || length.empty()) return response;
  const std::size_t wanted = std::stoul(length);
  while (buffer_.size() < wanted)
    if (!fill()) return std::nullopt;
  response.body = buffer_.substr(0, wanted);
  buffer_.erase(0, wanted);
  return response;
}

bool RawClient::closes_silently() {
  if (!buffer_.empty()) return false;
  char byte;
  return ::recv(fd_, &byte, 1, 0) == 0;
}

std::string request_text(std::string_view method, std::string_view target, std::string_view body,
                         std::string_view more_headers) {
  std::string out = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n";
  out += more_headers;
  if (!body.empty()) out += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  out += "\r\n";
  out += body;
  return out;
}

TestHttpServer::TestHttpServer(Router router, ServerOptions options) {
  options.port = 0;
  auto listening = Server::listen(context_, std::move(options), std::make_shared<Router>(std::move(router)), metrics_);
  EXPECT_TRUE(listening.ok());
  server_ = std::move(listening).value();
  thread_ = std::thread([this] { context_.run(); });
}

TestHttpServer::~TestHttpServer() {
  server_->stop(std::chrono::milliseconds(0), {});
  server_.reset();
  context_.stop();
  thread_.join();
}

RawResponse TestHttpServer::ask(std::string_view bytes) const {
  RawClient client = connect();
  EXPECT_TRUE(client.send(bytes));
  auto response = client.receive(!bytes.starts_with("HEAD"));
  EXPECT_TRUE(response.has_value());
  return response.value_or(RawResponse{});
}

}  // namespace sagactl::http::testing
