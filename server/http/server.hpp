// The HTTP server of a node or an agent: HTTP/1.1 with keep-alive and pipelining, limits on everything that a client
// can make large or slow, and a stop that completes accepted requests. Independent of the routes that it serves.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/result.hpp"
#include "server/http/connection/client_address.hpp"
#include "server/http/metrics/metrics.hpp"
#include "server/http/router.hpp"
#include "server/http/server_identity.hpp"

namespace sagactl::http {

class Listener;

struct Limits {
  std::size_t header_bytes_max = std::size_t{16} * 1024;  // above: 431
  std::size_t body_bytes_max = std::size_t{100} * 1024;   // above: 413
  std::size_t connections_max = 10'000;                   // above: 503 and close
  std::size_t refusals_max = 64;                          // connections above the maximum that are answered at a time
  std::chrono::milliseconds read_timeout{30'000};         // for a request that has begun: 408
  std::chrono::milliseconds idle_timeout{75'000};         // between requests: closed silently
  std::chrono::milliseconds write_timeout{30'000};        // for a client that does not read its answer: closed
  std::chrono::milliseconds request_deadline{30'000};     // from a request's arrival to Request::deadline
  double peer_requests_per_second = 20'000;               // per address, bursts of one second; above: 429; 0: no limit
  bool limit_loopback_peers = false;
};

struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 3000;  // 0: any free one
  Limits limits;
  // Origins whose pages may call ("https://shop.example", or "*"); without any, no CORS header is sent.
  std::vector<std::string> cors_origins;
  TrustedProxies trusted_proxies;  // whose headers about a request's client are believed
  std::shared_ptr<ServerTls> tls;  // every connection speaks TLS; null: none does
};

// Runs on one io_context, which one thread must run; several servers may share it. Connections share router and metrics
// and may outlive the server, until the io_context is destroyed.
class Server {
 public:
  // Binds and listens, and accepts as soon as the context runs. `unavailable` when the address is taken,
  // `forbidden` when the port needs more rights, `invalid` when the host is no address of this machine.
  static Result<std::unique_ptr<Server>> listen(boost::asio::io_context& context, ServerOptions options,
                                                std::shared_ptr<const Router> router, std::shared_ptr<Metrics> metrics);
  // Stops at once, as stop() without grace.
  ~Server();

  std::uint16_t port() const;

  // Stops accepting, closes idle connections, ends streams, completes requests in flight, and after `grace` closes
  // their connections too. Then calls `stopped` on the context. Any thread; only the first call counts.
  void stop(std::chrono::milliseconds grace, std::function<void()> stopped);

 private:
  explicit Server(std::shared_ptr<Listener> listener);
  std::shared_ptr<Listener> listener_;
};

}  // namespace sagactl::http
