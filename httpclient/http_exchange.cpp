#include "httpclient/http_exchange.hpp"

#include <fmt/format.h>

#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "httpclient/limits.hpp"

namespace sagactl {

namespace net = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

constexpr std::size_t read_size = 8 * 1024;
constexpr std::uint16_t http_port = 80, https_port = 443;

using Parser = http::response_parser<http::string_body>;

std::string host_header(const Url& base) {
  std::string authority = base.authority();
  if (base.port == (base.tls ? https_port : http_port)) authority.resize(authority.rfind(':'));
  return authority;
}

HttpResponse response_of(Parser& parser) {
  auto answer = parser.release();
  HttpResponse response;
  response.status = static_cast<int>(answer.result_int());
  for (const auto& field : answer)
    response.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  response.body = std::move(answer.body());
  return response;
}

Exchanged broken(const std::string& why) {
  return {Error{ErrorCode::unknown_outcome, why + " after the request was sent; it may have been done"}, false};
}

// Takes what has come into the parser. Nothing: more is needed. `head` counts the bytes of a head that has not ended: the
// parser's own limit is one for a piece that does not end, and not for the whole of many headers.
error_code feed(Parser& parser, boost::beast::flat_buffer& buffer, std::size_t& head) {
  error_code failure;
  while (!failure && buffer.size() > 0 && !parser.is_done()) {
    const bool in_head = !parser.is_header_done();
    const std::size_t taken = parser.put(buffer.data(), failure);
    buffer.consume(taken);
    if (in_head) head += taken;
  }
  if (failure && failure != http::error::need_more) return failure;
  return !parser.is_header_done() && head > head_max ? http::error::header_limit : error_code{};
}

}  // namespace

std::string request_text(const HttpRequest& request, const Url& base) {
  std::string text = fmt::format("{} {}{} HTTP/1.1\r\nHost: {}\r\nAccept: application/json\r\n", request.method,
                                 base.prefix, request.path, host_header(base));
  for (const auto& [name, value] : request.headers) text += fmt::format("{}: {}\r\n", name, value);
  if (!request.body.empty()) text += "Content-Type: application/json\r\n";
  if (request.method != "GET") text += fmt::format("Content-Length: {}\r\n", request.body.size());
  return text + "\r\n" + request.body;
}

net::awaitable<Exchanged> exchange(ClientConnection& connection, const std::string& text, std::size_t body_max) {
  const net::const_buffer bytes = net::buffer(text);
  const ClientConnection::Moved written = co_await connection.write(bytes);
  if (written.failure) co_return broken("the connection broke (" + written.failure.message() + ")");
  Parser parser;
  parser.eager(true);
  parser.header_limit(head_max);
  parser.body_limit(body_max);
  std::size_t head_bytes = 0;
  while (!parser.is_done()) {
    const net::mutable_buffer space = connection.buffer.prepare(read_size);
    const ClientConnection::Moved read = co_await connection.read_some(space);
    error_code failure = read.failure;
    if (failure == net::error::eof && parser.got_some()) {
      failure = {};
      parser.put_eof(failure);
      if (!failure && parser.is_done()) break;
      if (!failure) failure = http::error::partial_message;
    }
    if (failure) co_return broken("the connection broke (" + failure.message() + ")");
    connection.buffer.commit(read.bytes);
    failure = feed(parser, connection.buffer, head_bytes);
    if (const std::string too_long = what_is_too_long(failure, body_max); !too_long.empty()) co_return broken(too_long);
    if (failure) co_return broken("what came is no answer of HTTP (" + failure.message() + ")");
  }
  // Bytes beyond the answer belong to none: whatever comes next on this connection cannot be trusted.
  const bool reusable = parser.keep_alive() && connection.buffer.size() == 0;
  co_return Exchanged{response_of(parser), reusable};
}

}  // namespace sagactl
