// The bytes of one connection, over TLS where the listener has a certificate.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <memory>

#include "server/http/await.hpp"

namespace sagactl::http {

// An AsyncReadStream and AsyncWriteStream. Cancelling or closing the socket ends what is pending.
class PeerStream {
 public:
  using executor_type = boost::asio::ip::tcp::socket::executor_type;

  // `tls`, if any, outlives this.
  PeerStream(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* tls) : socket_(std::move(socket)) {
    if (tls) secured_ = std::make_unique<Secured>(socket_, *tls);
  }
  PeerStream(const PeerStream&) = delete;
  PeerStream& operator=(const PeerStream&) = delete;

  executor_type get_executor() { return socket_.get_executor(); }
  boost::asio::ip::tcp::socket& socket() { return socket_; }
  bool is_secured() const { return secured_ != nullptr; }

  // First, where is_secured(). False: it failed, and the connection is of no use.
  boost::asio::awaitable<bool> handshake() {
    const auto [error] = co_await secured_->async_handshake(boost::asio::ssl::stream_base::server, use_result);
    co_return !error;
  }
  // Last, where is_secured(): tells the client that nothing was cut off, and waits until it says the same.
  boost::asio::awaitable<void> end() { co_await secured_->async_shutdown(use_result); }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    if (secured_) return secured_->async_read_some(buffers, std::forward<Token>(token));
    return socket_.async_read_some(buffers, std::forward<Token>(token));
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    if (secured_) return secured_->async_write_some(buffers, std::forward<Token>(token));
    return socket_.async_write_some(buffers, std::forward<Token>(token));
  }

 private:
  using Secured = boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>;

  boost::asio::ip::tcp::socket socket_;
  std::unique_ptr<Secured> secured_;
};

}  // namespace sagactl::http
