// One connection to a web server, with TLS or without. For coroutines that run on one thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <cstddef>
#include <optional>
#include <string>

#include "common/result.hpp"
#include "common/time.hpp"
#include "httpclient/url.hpp"

namespace sagactl {

class ClientConnection {
 public:
  struct Moved {
    boost::system::error_code failure;
    std::size_t bytes = 0;
  };

  // `tls` is used for https and outlives it.
  ClientConnection(boost::asio::any_io_executor executor, const Url& to, boost::asio::ssl::context* tls);

  // Looks the name up, connects to the first of its addresses that answers within some seconds, and makes sure of the server's name in its certificate. The error says what failed.
  boost::asio::awaitable<Result<void>> open();
  boost::asio::awaitable<Moved> read_some(boost::asio::mutable_buffer into);
  boost::asio::awaitable<Moved> write(boost::asio::const_buffer from);

  // Open, and the server has neither closed it nor said anything that nobody asked for.
  bool is_quiet();
  // What waits on it ends with an error; it is not opened again.
  void close();

  boost::beast::flat_buffer buffer;  // what came and has not been read yet

 private:
  boost::asio::awaitable<boost::system::error_code> connect_to(boost::asio::ip::tcp::endpoint endpoint, Duration limit);
  boost::asio::awaitable<Result<void>> shake_hands();
  Error unavailable(const char* what, const boost::system::error_code& failure) const;

  const Url to_;
  boost::asio::ssl::context* const tls_;
  boost::asio::ip::tcp::socket socket_;
  std::optional<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> secured_;
  bool closed_ = false;
};

}  // namespace sagactl
