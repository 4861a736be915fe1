// Sends requests to one web server over a bounded number of connections, which are kept open. The core of both clients:
// HttpClient, which waits, and AsyncHttpClient, which does not.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/time.hpp"
#include "httpclient/client_connection.hpp"
#include "httpclient/connecting/tls.hpp"
#include "httpclient/http_exchange.hpp"
#include "httpclient/kept_connections.hpp"

namespace sagactl {

struct HttpPoolOptions {
  Duration timeout = 10s;    // of a whole request: waiting for a connection, connecting, sending and the response
  Duration address_time{0};  // see ClientConnection
  std::size_t connections_max = 1;
  std::size_t body_max = 1u << 20;
  std::optional<HttpProxy> proxy = {};
  KeptConnections kept = {};
};

class HttpConnectionPool {
 public:
  // A request until it has its outcome.
  struct Pending {
    using Done = std::function<void(Result<HttpResponse>)>;
    Pending(boost::asio::io_context& context, HttpRequest what, Done answer)
        : request(std::move(what)), done(std::move(answer)), deadline(context) {}

    HttpRequest request;
    Done done;  // empty when it has been called
    boost::asio::steady_timer deadline;
    ClientConnection* connection = nullptr;  // that it uses
    bool is_sent = false;                    // or may be, in part
  };
  using SharedPending = std::shared_ptr<Pending>;

  // Everything below, and every `done`, is on the thread that runs `context`, which outlives the pool. `tls` is needed
  // for https.
  HttpConnectionPool(boost::asio::io_context& context, Url base, const HttpPoolOptions& options,
                     std::unique_ptr<TlsContext> tls);

  const Url& base() const { return base_; }
  const HttpProxy* proxy() const { return options_.proxy ? &*options_.proxy : nullptr; }  // null: none
  std::unique_ptr<ClientConnection> make_connection() const;                              // not of the pool, not open
  void send(SharedPending pending);
  // Ends it, if it has not ended, for that reason.
  void cut_short(const SharedPending& pending, const std::string& reason);

 private:
  using Steady = std::chrono::steady_clock;
  struct KeptConnection {
    std::unique_ptr<ClientConnection> connection;  // null: none
    Steady::time_point opened_at{}, used_at{};
  };

  boost::asio::awaitable<void> work();
  boost::asio::awaitable<KeptConnection> open(SharedPending pending);
  // Whether a request by http:// ended as it does at a server of https.
  boost::asio::awaitable<bool> was_meant_for_https(SharedPending pending, const Exchange& outcome);
  boost::asio::awaitable<Exchange> exchange_on(ClientConnection& connection, SharedPending pending);
  KeptConnection idle_connection();
  bool is_too_old(const KeptConnection& kept) const;
  static void finish(const SharedPending& pending, Result<HttpResponse> outcome);

  boost::asio::io_context& context_;
  const Url base_;
  const HttpPoolOptions options_;
  const std::unique_ptr<TlsContext> tls_;
  std::deque<SharedPending> waiting_;
  std::vector<KeptConnection> idle_;
  bool has_answered_ = false;  // so that it speaks what it is spoken to by
  std::size_t busy_ = 0;       // connections in use; with the idle ones at most connections_max
};

}  // namespace sagactl
