#include "httpclient/http_client.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/http/verb.hpp>
#include <exception>
#include <optional>

#include "httpclient/connecting/tls.hpp"
#include "httpclient/http_connection_pool.hpp"
#include "httpclient/https_check.hpp"

namespace sagactl {

namespace net = boost::asio;

namespace {

constexpr auto stop_check_interval = 100ms;

// A stream of events until it ends. Shared with its coroutine, which may still resolve a name after the caller has
// stopped.
struct EventSubscription {
  HttpRequest request;
  Url base;
  const HttpProxy* proxy;
  OnServerSentEvent on_event;
  std::unique_ptr<ClientConnection> connection;
  net::steady_timer deadline;
  std::optional<Result<void>> outcome;
};

net::awaitable<Result<void>> follow(std::shared_ptr<EventSubscription> it) {
  const Result<void> opened = co_await it->connection->open();
  if (!opened) co_return opened;
  const std::string text = request_text(it->request, it->base, it->proxy);
  const net::const_buffer bytes = net::buffer(text);
  const ClientConnection::Transferred written = co_await it->connection->write(bytes);
  ResponseReader reader(*it->connection, it->request, it->base, std::nullopt);
  boost::system::error_code failure = written.failure;
  if (!failure) failure = co_await reader.read_head();
  if (!failure && reader.status() != 200) {
    failure = co_await reader.read_all();
    if (!failure) co_return error_of(reader.response());
  }
  if (failure && !reader.received_something() && !it->proxy) {
    const bool is_https = co_await speaks_tls(it->base);
    if (is_https) co_return wants_https(it->base, it->request.method);
  }
  if (failure) co_return reader.error_of(failure);
  it->deadline.cancel();
  EventStream events;
  for (;;) {
    const std::string body = reader.take_body();
    const Result<bool> wants_more = events.feed(body, it->on_event);
    if (!wants_more) co_return wants_more.error();
    if (!*wants_more || reader.is_complete()) co_return Result<void>();
    failure = co_await reader.read_some_body();
    if (ResponseReader::is_end_of_stream(failure)) co_return Result<void>();
    if (failure) co_return reader.error_of(failure);
  }
}

}  // namespace

// Runs the core on the caller's thread, for as long as the caller waits.
class HttpClient::Blocking {
 public:
  Blocking(Url base, HttpClientOptions options) : options_(std::move(options)) {
    auto tls = make_tls_for(base, options_.connect);
    if (!tls) unusable_ = tls.error();
    // A Unix socket leads to this machine alone.
    const bool is_direct = !base.socket.empty();
    pool_.emplace(context_, std::move(base),
                  HttpPoolOptions{.timeout = options_.timeout,
                                  .address_time = options_.address_time,
                                  .connections_max = 1,
                                  .body_max = options_.body_max,
                                  .proxy = is_direct ? std::nullopt : options_.connect.proxy},
                  tls ? std::move(tls).value() : nullptr);
  }

  const Url& base() const { return pool_->base(); }
  void set_token(std::string token) { options_.token = std::move(token); }

  Result<HttpResponse> send(const HttpRequest& request) {
    if (unusable_) return *unusable_;
    if (boost::beast::http::string_to_verb(request.method) == boost::beast::http::verb::unknown)
      return Error{ErrorCode::invalid, fmt::format("'{}' is no HTTP method", request.method)};
    std::optional<Result<HttpResponse>> outcome;
    const auto done = [&outcome](Result<HttpResponse> response) { outcome = std::move(response); };
    pool_->send(std::make_shared<HttpConnectionPool::Pending>(context_, with_token(request), done));
    context_.restart();
    while (!outcome) context_.run_one();
    return std::move(*outcome);
  }

  Result<void> stream(HttpRequest request, const OnServerSentEvent& on_event, const std::stop_token& stop) {
    if (unusable_) return *unusable_;
    const auto subscription = std::make_shared<EventSubscription>(
        EventSubscription{with_token(request), base(), pool_->proxy(), on_event, pool_->make_connection(),
                          net::steady_timer(context_, options_.timeout), std::nullopt});
    subscription->deadline.async_wait([subscription](const boost::system::error_code& cancelled) {
      if (!cancelled) subscription->connection->close();
    });
    net::co_spawn(context_, follow(subscription), [subscription](std::exception_ptr thrown, Result<void> ended) {
      if (thrown) std::rethrow_exception(thrown);
      subscription->outcome = std::move(ended);
    });
    context_.restart();
    while (!subscription->outcome && !stop.stop_requested()) context_.run_one_for(stop_check_interval);
    subscription->deadline.cancel();
    subscription->connection->close();
    // Bytes that have been read already are looked at by the next request.
    subscription->on_event = [](const ServerSentEvent&) { return false; };
    if (stop.stop_requested()) return {};
    return *subscription->outcome;
  }

 private:
  HttpRequest with_token(HttpRequest request) const {
    if (!options_.token.empty() && header_of(request.headers, "Authorization").empty())
      request.headers.emplace_back("Authorization", "Bearer " + options_.token);
    return request;
  }

  HttpClientOptions options_;
  std::optional<Error> unusable_;
  net::io_context context_{1};
  std::optional<HttpConnectionPool> pool_;
};

HttpClient::HttpClient(Url base, HttpClientOptions options)
    : blocking_(std::make_unique<Blocking>(std::move(base), std::move(options))) {}
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

const Url& HttpClient::base() const {
  return blocking_->base();
}
void HttpClient::set_token(std::string token) {
  blocking_->set_token(std::move(token));
}

Result<HttpResponse> HttpClient::send(const HttpRequest& request) {
  return blocking_->send(request);
}

Result<HttpResponse> HttpClient::get(std::string_view path) {
  return send({"GET", std::string(path), {}, {}});
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

Result<void> HttpClient::stream(std::string_view path, const OnServerSentEvent& on_event, std::stop_token stop,
                                std::string_view last_event_id) {
  HttpRequest request{"GET", std::string(path), {}, {{"Accept", "text/event-stream"}, {"Cache-Control", "no-store"}}};
  if (!last_event_id.empty()) request.headers.emplace_back("Last-Event-ID", last_event_id);
  return blocking_->stream(std::move(request), on_event, stop);
}

}  // namespace sagactl
