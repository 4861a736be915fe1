#include "httpclient/http_client.hpp"

#include <fmt/format.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "httpclient/event_stream.hpp"
#include "httpclient/limits.hpp"

namespace sagactl {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr Duration sync_time_for_each = 3s;

std::string reason(const error_code& failure) {
  if (failure == beast::error::timeout) return "the time was up";
  if (failure == http::error::end_of_stream || failure == net::error::eof) return "the connection was closed";
  std::string text = failure.message();
  if (!text.empty()) text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

bool is_no_http(const error_code& failure) {
  return failure.category() == make_error_code(http::error::bad_version).category() &&
         failure != http::error::end_of_stream && failure != http::error::partial_message;
}

}  // namespace

class HttpClient::Session {
 public:
  Session(Url base, HttpClientOptions options) : base_(std::move(base)), options_(std::move(options)) {}

  const Url& base() const { return base_; }
  void set_token(std::string token) { options_.token = std::move(token); }

  Result<HttpResponse> send(const HttpRequest& request);
  Result<void> stream(std::string_view path, const std::function<bool(const ServerSentEvent&)>& on_event,
                      const std::stop_token& stop, std::string_view last_event_id);

 private:
  using Request = http::request<http::string_body>;
  using Parser = http::response_parser<http::string_body>;

  Request message_of(const HttpRequest& request) const;
  Result<void> connect();
  Result<HttpResponse> exchange(const HttpRequest& request, bool* nothing_came);
  bool reusable();
  void close() { stream_.reset(); }
  Error broken(const HttpRequest& request, const error_code& failure) const;
  Result<void> follow(Parser& parser, const std::function<bool(const ServerSentEvent&)>& on_event,
                      const std::stop_token& stop);

  // Starts an operation with a handler for its error, and waits for its end. The stream's own deadline bounds
  // it.
  template <class Start>
  error_code wait_for(Start start, std::size_t* bytes = nullptr) {
    error_code outcome;
    start([&outcome, bytes](error_code failure, std::size_t moved = 0) {
      outcome = failure;
      if (bytes != nullptr) *bytes = moved;
    });
    context_.restart();
    context_.run();
    return outcome;
  }

  // Instantiated once each: they are large.
  error_code write(const Request& message) {
    return wait_for([&](auto handler) { http::async_write(*stream_, message, handler); });
  }
  error_code read(Parser& parser) {
    if (const error_code failure = read_head(parser)) return failure;
    return wait_for([&](auto handler) { http::async_read(*stream_, buffer_, parser, handler); });
  }
  // The parser's own limit is one for a piece that does not end, and not for the whole of many headers.
  error_code read_head(Parser& parser) {
    parser.eager(false);
    for (std::size_t came = 0, bytes = 0; !parser.is_header_done(); came += bytes) {
      if (came > head_max) return http::error::header_limit;
      const error_code failure =
          wait_for([&](auto handler) { http::async_read_some(*stream_, buffer_, parser, handler); }, &bytes);
      if (failure) return failure;
    }
    return {};
  }

  Url base_;
  HttpClientOptions options_;
  net::io_context context_{1};
  std::optional<beast::tcp_stream> stream_;
  beast::flat_buffer buffer_;
};

HttpClient::Session::Request HttpClient::Session::message_of(const HttpRequest& request) const {
  const auto verb = http::string_to_verb(request.method);
  Request message{verb, base_.prefix + request.path, 11};
  message.set(http::field::host, base_.authority());
  message.set(http::field::accept, "application/json");
  if (!options_.token.empty()) message.set(http::field::authorization, "Bearer " + options_.token);
  if (!request.body.empty()) message.set(http::field::content_type, "application/json");
  for (const auto& [name, value] : request.headers) message.set(name, value);
  message.body() = request.body;
  message.prepare_payload();
  return message;
}

Result<void> HttpClient::Session::connect() {
  error_code failure;
  net::ip::tcp::resolver resolver(context_);
  const auto endpoints = resolver.resolve(base_.host, std::to_string(base_.port), failure);
  if (failure) {
    return Error{ErrorCode::unavailable,
                 fmt::format("the host '{}' is not known: {}", base_.host, reason(failure))};
  }
  buffer_.clear();
  // Each address has a time of its own: one that is silent hides none of the others.
  Duration each = options_.address_time;
  if (each <= Duration{0}) each = endpoints.size() > 1 ? sync_time_for_each : options_.timeout;
  std::string why;
  for (const auto& endpoint : endpoints) {
    stream_.emplace(context_);
    stream_->expires_after(std::min(each, options_.timeout));
    failure = wait_for([&](auto handler) { stream_->async_connect(endpoint.endpoint(), handler); });
    if (!failure) {
      stream_->socket().set_option(net::ip::tcp::no_delay(true), failure);
      return {};
    }
    if (!why.empty()) why += "; ";
    if (endpoints.size() > 1) why += endpoint.endpoint().address().to_string() + ": ";
    why += reason(failure);
  }
  close();
  return Error{ErrorCode::unavailable, fmt::format("nothing answers at {}: {}", base_.text(), why)};
}

// False for a connection that the server closed meanwhile: sending on it would leave the outcome unknown.
bool HttpClient::Session::reusable() {
  if (!stream_) return false;
  error_code failure;
  char byte = 0;
  stream_->socket().non_blocking(true, failure);
  stream_->socket().receive(net::buffer(&byte, 1), net::socket_base::message_peek, failure);
  return failure == net::error::would_block;
}

Error HttpClient::Session::broken(const HttpRequest& request, const error_code& failure) const {
  const std::string what =
      fmt::format("{} {}{}: {}", request.method, base_.text(), request.path, reason(failure));
  if (const std::string too_long = what_is_too_long(failure, options_.body_max); !too_long.empty()) {
    if (request.method == "GET") return {ErrorCode::too_large, too_long};
    return {ErrorCode::unknown_outcome, too_long + "; what was asked for may have been done"};
  }
  if (is_no_http(failure)) return {ErrorCode::invalid, what + "; is this an HTTP server?"};
  if (request.method == "GET") return {ErrorCode::unavailable, what};
  return {ErrorCode::unknown_outcome, what + "; it may have been done"};
}

Result<HttpResponse> HttpClient::Session::exchange(const HttpRequest& request, bool* nothing_came) {
  *nothing_came = true;
  Request message = message_of(request);
  stream_->expires_after(options_.timeout);
  error_code failure = write(message);
  std::optional<Parser> parser;
  do {  // an interim answer, such as 103, comes before the one that counts
    parser.emplace();
    parser->header_limit(head_max);
    parser->body_limit(options_.body_max);
    if (request.method == "HEAD") parser->skip(true);
    if (!failure) failure = read(*parser);
  } while (!failure && parser->get().result_int() < 200);
  *nothing_came = !parser->got_some() && failure != beast::error::timeout;
  if (failure) {
    close();
    return broken(request, failure);
  }
  auto answer = parser->release();
  if (!answer.keep_alive()) close();
  HttpResponse response;
  response.status = static_cast<int>(answer.result_int());
  for (const auto& field : answer) {
    response.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  response.body = std::move(answer.body());
  return response;
}

Result<HttpResponse> HttpClient::Session::send(const HttpRequest& request) {
  if (http::string_to_verb(request.method) == http::verb::unknown) {
    return Error{ErrorCode::invalid, fmt::format("'{}' is no HTTP method", request.method)};
  }
  const bool reused = reusable();
  if (!reused) {
    if (auto connected = connect(); !connected) return connected.error();
  }
  bool nothing_came = false;
  auto response = exchange(request, &nothing_came);
  // The server may close an idle connection just as a request arrives: what is safe to repeat is repeated
  // once.
  if (response.ok() || !reused || !nothing_came || request.method != "GET") return response;
  if (auto connected = connect(); !connected) return connected.error();
  return exchange(request, &nothing_came);
}

Result<void> HttpClient::Session::stream(std::string_view path,
                                         const std::function<bool(const ServerSentEvent&)>& on_event,
                                         const std::stop_token& stop, std::string_view last_event_id) {
  close();
  if (auto connected = connect(); !connected) return connected;
  HttpRequest request;
  request.path = path;
  request.headers = {{"Accept", "text/event-stream"}, {"Cache-Control", "no-store"}};
  if (!last_event_id.empty()) request.headers.emplace_back("Last-Event-ID", last_event_id);
  Request message = message_of(request);
  stream_->expires_after(options_.timeout);
  error_code failure = write(message);
  Parser parser;
  parser.header_limit(head_max);
  parser.body_limit(boost::none);
  if (!failure) failure = read_head(parser);
  if (failure) {
    close();
    return broken(request, failure);
  }
  if (const auto status = parser.get().result_int(); status != 200) {
    failure = read(parser);
    HttpResponse response;
    response.status = static_cast<int>(status);
    response.body = std::move(parser.get().body());
    close();
    return error_of(response);
  }
  auto followed = follow(parser, on_event, stop);
  close();
  return followed;
}

Result<void> HttpClient::Session::follow(Parser& parser,
                                         const std::function<bool(const ServerSentEvent&)>& on_event,
                                         const std::stop_token& stop) {
  EventStream events;
  stream_->expires_never();
  while (true) {
    auto wants_more = events.feed(parser.get().body(), on_event);
    parser.get().body().clear();
    if (!wants_more) return wants_more.error();
    if (!*wants_more || parser.is_done()) return {};

    bool done = false;
    error_code failure;
    http::async_read_some(*stream_, buffer_, parser, [&](error_code outcome, std::size_t) {
      failure = outcome;
      done = true;
    });
    context_.restart();
    while (!done && !stop.stop_requested()) context_.run_one_for(100ms);
    if (!done) {
      stream_->cancel();
      context_.run();
    }
    if (stop.stop_requested() || failure == http::error::end_of_stream || failure == net::error::eof ||
        failure == http::error::partial_message) {
      return {};
    }
    if (failure) {
      return Error{ErrorCode::unavailable,
                   fmt::format("the events of {} ended: {}", base_.text(), reason(failure))};
    }
  }
}

HttpClient::HttpClient(Url base, HttpClientOptions options)
    : session_(std::make_unique<Session>(std::move(base), std::move(options))) {}
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

const Url& HttpClient::base() const {
  return session_->base();
}
void HttpClient::set_token(std::string token) {
  session_->set_token(std::move(token));
}

Result<HttpResponse> HttpClient::send(const HttpRequest& request) {
  return session_->send(request);
}

Result<HttpResponse> HttpClient::get(std::string_view path) {
  HttpRequest request;
  request.path = path;
  return send(request);
}

Result<HttpResponse> HttpClient::post(std::string_view path, const Json& body) {
  return send({"POST", std::string(path), json_text(body), {}});
}

Result<HttpResponse> HttpClient::put(std::string_view path, const Json& body) {
  return send({"PUT", std::string(path), json_text(body), {}});
}

Result<HttpResponse> HttpClient::del(std::string_view path, const Json& body) {
  return send({"DELETE", std::string(path), body.is_null() ? std::string{} : json_text(body), {}});
}

Result<Json> HttpClient::json(const HttpRequest& request) {
  auto response = send(request);
  if (!response) return response.error();
  if (!response->ok()) return error_of(*response);
  return response->json();
}

Result<void> HttpClient::stream(std::string_view path,
                                const std::function<bool(const ServerSentEvent&)>& on_event,
                                std::stop_token stop, std::string_view last_event_id) {
  return session_->stream(path, on_event, stop, last_event_id);
}

}  // namespace sagactl
