// One request and its response on a connection.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/result.hpp"
#include "httpclient/client_connection.hpp"
#include "httpclient/http_message.hpp"
#include "httpclient/url.hpp"

namespace sagactl {

// The request's bytes, for the server or for the proxy.
std::string request_text(const HttpRequest& request, const Url& base, const HttpProxy* proxy = nullptr);

// The error of a request that was sent and has no response: `unknown_outcome`, or `of_get` for a GET, which changes
// nothing.
Error no_response(const HttpRequest& request, const Url& base, const std::string& reason,
                  ErrorCode of_get = ErrorCode::unavailable);

struct Exchange {
  Result<HttpResponse> response;
  bool received_something = false;
  bool connection_reusable = false;  // for another exchange
};

// Reads one response: its head, then its body as it comes. Interim ones (100, 103) are skipped.
class ResponseReader {
 public:
  static constexpr std::uint32_t head_max = 64 * 1024;  // gateways add kilobytes of cookies and of security headers

  // `body_max`: nothing for no limit. All of these outlive it.
  ResponseReader(ClientConnection& connection, const HttpRequest& request, const Url& base,
                 std::optional<std::uint64_t> body_max);

  // Each ends when it has what it is for, or the response is complete.
  boost::asio::awaitable<boost::system::error_code> read_head();
  boost::asio::awaitable<boost::system::error_code> read_some_body();
  boost::asio::awaitable<boost::system::error_code> read_all();
  Error error_of(const boost::system::error_code& failure) const;  // of one of these
  static bool is_end_of_stream(const boost::system::error_code& failure);

  int status() const { return static_cast<int>(parser_->get().result_int()); }
  std::string header(std::string_view name) const;  // once the head is there; "" for none
  bool is_complete() const { return parser_->is_done(); }
  bool received_something() const { return received_something_; }
  bool keeps_alive() const { return parser_->keep_alive(); }
  std::string take_body();  // what came of it since
  HttpResponse response();  // once, when it is complete

 private:
  using Parser = boost::beast::http::response_parser<boost::beast::http::string_body>;

  boost::asio::awaitable<boost::system::error_code> read_until(bool (*is_enough)(const Parser&));
  boost::system::error_code parse_buffer();
  boost::system::error_code end_of_stream();
  void start_parser();

  ClientConnection& connection_;
  const HttpRequest& request_;
  const Url& base_;
  const std::optional<std::uint64_t> body_max_;
  std::optional<Parser> parser_;
  std::size_t head_size_ = 0;
  bool received_something_ = false;
  bool is_tls_ = false;  // what came is no HTTP
};

// Sends the request and reads its response.
boost::asio::awaitable<Exchange> exchange(ClientConnection& connection, const HttpRequest& request, const Url& base,
                                          const HttpProxy* proxy, std::size_t body_max);

}  // namespace sagactl
