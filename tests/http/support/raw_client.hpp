// A client that sends exactly the given bytes over loopback, and a server on its own thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "common/text/json.hpp"
#include "server/http/server.hpp"

namespace sagactl::http::testing {

struct RawResponse {
  int status = 0;
  std::string head;  // with the status line
  std::string body;

  std::string header(std::string_view lower_case_name) const;
  Json json() const { return Json::parse(body, nullptr, false); }
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  ~RawClient();
  RawClient(RawClient&& other) noexcept;

  bool send(std::string_view bytes);
  void shut_sending();
  // The next response, by Content-Length; none when the connection ended first.
  std::optional<RawResponse> receive(bool has_body = true);
  // Reads up to the end of `mark`, or of the connection; returns what was read.
  std::string receive_until(std::string_view mark);
  // True when the other end closes without another byte.
  bool closes_silently();

 private:
  bool fill();
  int fd_ = -1;
  std::string buffer_;
};

// A complete request: "GET /path HTTP/1.1" and so on.
std::string request_text(std::string_view method, std::string_view target, std::string_view body = {},
                         std::string_view more_headers = {});

class TestHttpServer {
 public:
  explicit TestHttpServer(Router router, ServerOptions options = {});
  ~TestHttpServer();

  std::uint16_t port() const { return server_->port(); }
  RawClient connect() const { return RawClient(port()); }
  RawResponse ask(std::string_view bytes) const;
  Server& server() { return *server_; }
  Metrics& metrics() { return *metrics_; }
  boost::asio::io_context& context() { return context_; }

 private:
  boost::asio::io_context context_{1};
  std::shared_ptr<Metrics> metrics_ = std::make_shared<Metrics>();
  std::unique_ptr<Server> server_;
  std::thread thread_;
};

}  // namespace sagactl::http::testing
