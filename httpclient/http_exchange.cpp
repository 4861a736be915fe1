#include "httpclient/http_exchange.hpp"

#include <fmt/format.h>

#include <boost/beast/http/error.hpp>
#include <iterator>

#include "httpclient/connecting/tls.hpp"
#include "httpclient/content_coding.hpp"
#include "httpclient/https_check.hpp"

namespace sagactl {

namespace net = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

constexpr std::size_t read_size = 8 * 1024;

}  // namespace

std::string request_text(const HttpRequest& request, const Url& base, const HttpProxy* proxy) {
  const bool is_for_proxy = proxy && !base.tls;  // which cannot see the others
  const std::string origin = is_for_proxy ? "http://" + base.authority() : std::string();
  std::string text = fmt::format("{} {}{}{} HTTP/1.1\r\nHost: {}\r\n", request.method, origin, base.prefix,
                                 request.path, base.host_header());
  if (is_for_proxy && !proxy->authorization.empty())
    fmt::format_to(std::back_inserter(text), "Proxy-Authorization: {}\r\n", proxy->authorization);
  for (const auto& [name, value] : request.headers) text += fmt::format("{}: {}\r\n", name, value);
  if (header_of(request.headers, "Accept").empty()) text += "Accept: application/json\r\n";
  if (!request.body.empty() && header_of(request.headers, "Content-Type").empty())
    text += "Content-Type: application/json\r\n";
  const bool may_lack_body = request.method == "GET" || request.method == "HEAD";
  if (!request.body.empty() || !may_lack_body) text += fmt::format("Content-Length: {}\r\n", request.body.size());
  return text + "\r\n" + request.body;
}

Error no_response(const HttpRequest& request, const Url& base, const std::string& reason, ErrorCode of_get) {
  const std::string what = fmt::format("no answer of {} to {}: {}", base.text(), request.method, reason);
  if (request.method == "GET") return {of_get, what};
  return {ErrorCode::unknown_outcome, what + "; it may have been done"};
}

ResponseReader::ResponseReader(ClientConnection& connection, const HttpRequest& request, const Url& base,
                               std::optional<std::uint64_t> body_max)
    : connection_(connection), request_(request), base_(base), body_max_(body_max) {
  start_parser();
}

void ResponseReader::start_parser() {
  parser_.emplace();
  parser_->header_limit(head_max);
  head_size_ = 0;
  if (body_max_)
    parser_->body_limit(*body_max_);
  else
    parser_->body_limit(boost::none);
  parser_->skip(request_.method == "HEAD");
}

net::awaitable<error_code> ResponseReader::read_head() {
  return read_until([](const Parser& parser) { return parser.is_header_done(); });
}

net::awaitable<error_code> ResponseReader::read_some_body() {
  return read_until([](const Parser& parser) { return !parser.get().body().empty(); });
}

net::awaitable<error_code> ResponseReader::read_all() {
  return read_until([](const Parser&) { return false; });
}

net::awaitable<error_code> ResponseReader::read_until(bool (*is_enough)(const Parser&)) {
  for (;;) {
    const error_code malformed = parse_buffer();
    if (malformed || parser_->is_done() || is_enough(*parser_)) co_return malformed;
    const net::mutable_buffer space = connection_.buffer.prepare(read_size);
    const ClientConnection::Transferred read = co_await connection_.read_some(space);
    if (read.failure == net::error::eof) co_return end_of_stream();
    if (read.failure) co_return read.failure;
    connection_.buffer.commit(read.bytes);
    const auto bytes = connection_.buffer.cdata();
    if (!received_something_) is_tls_ = is_tls_record({static_cast<const char*>(bytes.data()), bytes.size()});
    received_something_ = true;
  }
}

// No error: the parser needs more, or the response is complete.
error_code ResponseReader::parse_buffer() {
  while (connection_.buffer.size() > 0 && !parser_->is_done()) {
    error_code failure;
    const bool is_body = parser_->is_header_done();
    parser_->eager(is_body);  // so that the head is taken alone, and its size is known
    const std::size_t parsed = parser_->put(connection_.buffer.data(), failure);
    connection_.buffer.consume(parsed);
    // The parser's own limit is for what one call is given.
    if (!is_body && (head_size_ += parsed) > head_max) return http::error::header_limit;
    if (failure == http::error::need_more) return {};
    if (failure) return failure;
    const bool is_interim = parser_->is_done() && status() < 200;
    if (is_interim) start_parser();
  }
  return {};
}

// It completes a response without a length.
error_code ResponseReader::end_of_stream() {
  if (!parser_->got_some()) return http::error::end_of_stream;
  error_code failure;
  parser_->put_eof(failure);
  if (!failure && !parser_->is_done()) failure = http::error::partial_message;
  return failure;
}

std::string ResponseReader::header(std::string_view name) const {
  return std::string(parser_->get()[name]);
}

std::string ResponseReader::take_body() {
  return std::exchange(parser_->get().body(), {});
}

HttpResponse ResponseReader::response() {
  auto message = parser_->release();
  HttpResponse response;
  response.status = static_cast<int>(message.result_int());
  for (const auto& field : message)
    response.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  response.body = std::move(message.body());
  const std::string_view coding = response.header("Content-Encoding");
  if (coding.empty()) return response;
  // Nobody asked for it. What cannot be read is left as it is.
  if (auto plain = decoded(coding, response.body, body_max_.value_or(response.body.max_size())))
    response.body = std::move(*plain);
  return response;
}

bool ResponseReader::is_end_of_stream(const error_code& failure) {
  return failure == http::error::end_of_stream || failure == http::error::partial_message;
}

Error ResponseReader::error_of(const error_code& failure) const {
  const auto no = [this](const std::string& reason, ErrorCode of_get = ErrorCode::unavailable) {
    return no_response(request_, base_, reason, of_get);
  };
  if (failure == http::error::header_limit)
    return no(fmt::format("the head of the answer is longer than {} kB", head_max / 1024), ErrorCode::too_large);
  if (failure == http::error::body_limit)
    return no(fmt::format("the answer is longer than {} bytes", body_max_.value_or(0)), ErrorCode::too_large);
  if (is_tls_) return wants_https(base_, request_.method);
  if (connection_.is_closed()) return no("the time was up");
  if (failure == http::error::end_of_stream) return no("the connection was closed");
  if (failure == http::error::partial_message) return no("the connection was closed in the middle of the answer");
  const bool is_malformed = failure.category() == make_error_code(http::error::bad_version).category();
  if (is_malformed) return no(network_reason(failure) + "; is this an HTTP server?", ErrorCode::invalid);
  return no(network_reason(failure));
}

net::awaitable<Exchange> exchange(ClientConnection& connection, const HttpRequest& request, const Url& base,
                                  const HttpProxy* proxy, std::size_t body_max) {
  const std::string text = request_text(request, base, proxy);
  const net::const_buffer bytes = net::buffer(text);
  ResponseReader reader(connection, request, base, body_max);
  const ClientConnection::Transferred written = co_await connection.write(bytes);
  error_code failure = written.failure;
  if (!failure) failure = co_await reader.read_all();
  if (failure) co_return Exchange{reader.error_of(failure), reader.received_something(), false};
  // Bytes beyond the response answer no request: nothing that follows on this connection can be trusted.
  const bool is_reusable = reader.keeps_alive() && connection.buffer.size() == 0;
  co_return Exchange{reader.response(), true, is_reusable};
}

}  // namespace sagactl
