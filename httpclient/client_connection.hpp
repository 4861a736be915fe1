// One connection to a web server, with TLS or without. For coroutines that run on one thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "common/result.hpp"
#include "common/time.hpp"
#include "httpclient/connecting/connect_options.hpp"
#include "httpclient/url.hpp"

namespace sagactl {

// What an error of the network is called in messages: "connection refused", "the connection was closed".
std::string network_reason(const boost::system::error_code& failure);

class ClientConnection {
 public:
  using Socket = boost::asio::generic::stream_protocol::socket;
  using SecuredSocket = boost::asio::ssl::stream<Socket&>;
  struct Transferred {
    boost::system::error_code failure;
    std::size_t bytes = 0;
  };

  // `tls` is used for https and, like the proxy, outlives it; both may be null. `address_time` is for connecting to one
  // address; zero: 3 s for each address of a host that has several, no limit for the only one.
  ClientConnection(const boost::asio::any_io_executor& executor, const Url& to, boost::asio::ssl::context* tls,
                   const HttpProxy* proxy = nullptr, Duration address_time = {});

  // Resolves the host, or the proxy's, connects to the first of its addresses that answers in time, and verifies the
  // server's name in its certificate. `unavailable` says what failed, at each address; when that is the proxy's, it has
  // the proxy's name as its member `proxy`.
  boost::asio::awaitable<Result<void>> open();
  boost::asio::awaitable<Transferred> read_some(boost::asio::mutable_buffer into);
  boost::asio::awaitable<Transferred> write(boost::asio::const_buffer from);

  // For another protocol that takes over once it is open: one of them is there, and `buffer` is empty.
  Socket* plain() { return secured_ ? nullptr : &socket_; }
  SecuredSocket* secured() { return secured_ ? &*secured_ : nullptr; }

  // Open, and the server has neither closed it nor sent anything that was not asked for.
  bool is_reusable();
  // For when the time is up: what is pending on it fails, and it is not opened again.
  void close();
  bool is_closed() const { return closed_; }

  boost::beast::flat_buffer buffer;  // received and not parsed yet

 private:
  using Endpoint = boost::asio::generic::stream_protocol::endpoint;
  struct PeerAddress {
    Endpoint endpoint;
    std::string name;
  };

  std::string peer() const { return proxy_ ? proxy_->name() : to_.text(); }
  boost::asio::awaitable<Result<std::vector<PeerAddress>>> resolve();
  boost::asio::awaitable<boost::system::error_code> connect_to(Endpoint endpoint, Duration limit);
  boost::asio::awaitable<Result<void>> tunnel();
  boost::asio::awaitable<Result<void>> handshake();
  Error not_reached(const std::string& what) const;
  std::string reason(const boost::system::error_code& failure) const;

  const Url to_;
  boost::asio::ssl::context* const tls_;
  const HttpProxy* const proxy_;
  const Duration address_time_;
  Socket socket_;
  std::optional<SecuredSocket> secured_;
  bool closed_ = false;
};

}  // namespace sagactl
