#include "server/http/connection/http_connection.hpp"

#include <fmt/format.h>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/write.hpp>
#include <iterator>

#include "common/log.hpp"
#include "server/http/await.hpp"
#include "server/http/connection/request_origin.hpp"
#include "server/http/message/cors.hpp"
#include "server/http/message/problem.hpp"

namespace sagactl::http {
namespace asio = boost::asio;
namespace {

constexpr std::size_t joined_body_bytes_max = std::size_t{16} * 1024;
constexpr std::chrono::milliseconds linger_time{1000};
// When the server stops, a request may be in transit on a connection that looks idle. Closing it would lose the
// request, and a proxy cannot safely resend it elsewhere. So each idle connection stays open for this long.
constexpr std::chrono::milliseconds last_request_grace{250};
constexpr std::size_t linger_bytes_max = std::size_t{1024} * 1024;
constexpr std::string_view continue_line = "HTTP/1.1 100 Continue\r\n\r\n";

// Counts a request while its handler runs, also when the handler is never resumed.
class InFlightCount {
 public:
  explicit InFlightCount(HttpMetrics& metrics) : metrics_(metrics) { metrics_.in_flight(1); }
  ~InFlightCount() { metrics_.in_flight(-1); }
  InFlightCount(const InFlightCount&) = delete;
  InFlightCount& operator=(const InFlightCount&) = delete;

 private:
  HttpMetrics& metrics_;
};

double seconds_since(HttpConnection::Clock::time_point start) {
  return std::chrono::duration<double>(HttpConnection::Clock::now() - start).count();
}

}  // namespace

HttpConnection::HttpConnection(std::shared_ptr<Listener> listener, asio::ip::tcp::socket socket)
    : listener_(std::move(listener)),
      peer_stream_(std::move(socket), listener_->options().tls.get()),
      reader_(listener_->options().limits, &listener_->router()) {
  boost::system::error_code ignored;
  asio::ip::tcp::socket& connected = peer_stream_.socket();
  connected.set_option(asio::ip::tcp::no_delay(true), ignored);
  const asio::ip::tcp::endpoint other = connected.remote_endpoint(ignored);
  own_ = connected.local_endpoint(ignored);
  peer_ = plain_address(other.address());
  peer_process_ = PeerProcess({peer_, other.port()}, {plain_address(own_.address()), own_.port()});
  reader_.request().peer = peer_.to_string();
  reader_.request().peer_process = &peer_process_;
  listener_->add(this);
}

HttpConnection::~HttpConnection() {
  listener_->remove(this);
}

void HttpConnection::start() {
  auto body = [self = shared_from_this()]() -> Awaitable<void> { co_await self->serve(); };
  asio::co_spawn(listener_->context(), std::move(body), asio::detached);
}

void HttpConnection::start_refusing() {
  auto body = [self = shared_from_this()]() -> Awaitable<void> { co_await self->refuse(); };
  asio::co_spawn(listener_->context(), std::move(body), asio::detached);
}

void HttpConnection::enter_phase(Phase phase, std::chrono::milliseconds timeout) {
  phase_ = phase;
  timed_out_ = false;
  deadline_ = phase == Phase::answering ? Clock::time_point::max() : Clock::now() + timeout;
}

void HttpConnection::check_deadline(Clock::time_point now) {
  if (now < deadline_) return;
  timed_out_ = true;
  deadline_ = Clock::time_point::max();
  boost::system::error_code ignored;
  peer_stream_.socket().cancel(ignored);
}

void HttpConnection::begin_stop() {
  if (phase_ == Phase::idle) enter_phase(Phase::idle, last_request_grace);
  if (stream_) stream_->close();
}

void HttpConnection::close_now() {
  boost::system::error_code ignored;
  peer_stream_.socket().close(ignored);
  if (stream_) stream_->close();
}

HttpConnection::Awaitable<void> HttpConnection::serve() {
  try {
    if (!co_await secure()) co_return;
    while (co_await serve_one()) {
    }
  } catch (const std::exception& thrown) {
    log_error("connection failed", {{"peer", reader_.request().peer}, {"why", thrown.what()}});
  }
}

HttpConnection::Awaitable<bool> HttpConnection::secure() {
  if (!peer_stream_.is_secured()) co_return true;
  enter_phase(Phase::reading, listener_->options().limits.read_timeout);
  co_return co_await peer_stream_.handshake();
}

// False when the connection has ended.
HttpConnection::Awaitable<bool> HttpConnection::serve_one() {
  const ReadOutcome read = co_await read_request();
  if (read == ReadOutcome::closed) co_return false;
  if (read == ReadOutcome::failed) {
    co_await fail_request(reader_.failure().status, reader_.failure().reason);
    co_return false;
  }
  Request& request = reader_.request();
  prepare(request);
  enter_phase(Phase::answering, {});
  const Response response = co_await respond(request);
  listener_->metrics().observe(request.route ? request.route->index : HttpMetrics::no_route, response.status,
                               seconds_since(request.received));

  const bool old = reader_.is_http_1_0();
  const bool has_stream = response.stream && request.method != Method::head;
  const bool close = has_stream || listener_->stopping() || !reader_.keep_alive();
  const std::vector<Header> more = cors_headers(request, listener_->options().cors_origins);
  const Framing framing = !response.stream ? Framing::length : old ? Framing::until_close : Framing::chunked;
  const ResponseHead head{response, request.correlation_id, http_date_now(), framing, close, old, more};
  if (!co_await write(response, head)) co_return false;
  if (has_stream) {
    stream_ = response.stream;
    co_await send_stream(*stream_, !old);
    stream_.reset();
    close_now();
    co_return false;
  }
  if (!close) {
    reader_.next();
    co_return true;
  }
  if (!listener_->stopping() || reader_.has_more()) co_await linger();
  co_return false;
}

HttpConnection::Awaitable<HttpConnection::ReadOutcome> HttpConnection::read_request() {
  const Limits& limits = listener_->options().limits;
  if (reader_.has_begun()) {
    enter_phase(Phase::reading, limits.read_timeout);
  } else {
    enter_phase(Phase::idle, listener_->stopping() ? last_request_grace : limits.idle_timeout);
  }
  for (;;) {
    const RequestReader::ReadState state = reader_.parse();
    if (state == RequestReader::ReadState::complete) co_return ReadOutcome::request;
    if (state == RequestReader::ReadState::failed) co_return ReadOutcome::failed;
    if (reader_.wants_continue() && !co_await write_all(continue_line)) co_return ReadOutcome::closed;
    if (co_await read_some()) {
      // The timeout counts from the first byte of the request.
      if (phase_ == Phase::idle) enter_phase(Phase::reading, limits.read_timeout);
      continue;
    }
    if (timed_out_ && phase_ == Phase::reading && reader_.has_begun()) {
      reader_.fail_with(408, "the request took too long to arrive");
      co_return ReadOutcome::failed;
    }
    co_return ReadOutcome::closed;
  }
}

HttpConnection::Awaitable<bool> HttpConnection::read_some() {
  const std::span<char> space = reader_.space();
  const asio::mutable_buffer buffer(space.data(), space.size());
  const auto [error, count] = co_await peer_stream_.async_read_some(buffer, use_result);
  if (error) co_return false;
  reader_.filled(count);
  co_return true;
}

void HttpConnection::prepare(Request& request) {
  request.received = Clock::now();
  request.deadline = request.received + listener_->options().limits.request_deadline;
  set_trace(request);
  const ServerOptions& options = listener_->options();
  set_client(request, peer_, own_, options.trusted_proxies, options.cors_origins);
  if (peer_stream_.is_secured() && !options.trusted_proxies.contains(peer_)) request.is_https = true;
  listener_->note_proxy(request, peer_);
}

HttpConnection::Awaitable<Response> HttpConnection::respond(Request& request) {
  const InFlightCount in_flight(listener_->metrics());
  const Limits& limits = listener_->options().limits;
  const asio::ip::address client = request.client == request.peer ? peer_ : asio::ip::make_address(request.client);
  const bool limited = limits.limit_loopback_peers || !client.is_loopback();
  if (limited && !listener_->rate_limit().admit(client, request.received)) {
    listener_->metrics().refused("rate");
    const Error slow_down{ErrorCode::busy, "too many requests from " + request.client + "; try again in a second"};
    co_return problem(slow_down, request);
  }
  co_return co_await answer(listener_->router(), request);
}

HttpConnection::Awaitable<bool> HttpConnection::write(const Response& response, const ResponseHead& head) {
  out_.clear();
  append_head(out_, head);
  const bool has_body = reader_.request().method != Method::head && head.framing == Framing::length;
  std::string_view rest;
  if (has_body && response.body.size() <= joined_body_bytes_max) {
    out_ += response.body;
  } else if (has_body) {
    rest = response.body;
  }
  co_return co_await write_all(out_, rest);
}

HttpConnection::Awaitable<bool> HttpConnection::write_all(std::string_view first, std::string_view second,
                                                          std::string_view third) {
  const Phase before = phase_;
  const Clock::time_point deadline_before = deadline_;
  enter_phase(Phase::writing, listener_->options().limits.write_timeout);
  const std::array<asio::const_buffer, 3> buffers = {asio::const_buffer(first.data(), first.size()),
                                                     asio::const_buffer(second.data(), second.size()),
                                                     asio::const_buffer(third.data(), third.size())};
  const auto [error, count] = co_await asio::async_write(peer_stream_, buffers, use_result);
  phase_ = before;
  deadline_ = deadline_before;
  co_return !error;
}

HttpConnection::Awaitable<void> HttpConnection::send_stream(BodyStream& stream, bool chunked) {
  // While a stream is sent nothing else notices that the client has disconnected.
  auto watch = [self = shared_from_this(), held = stream_]() -> Awaitable<void> { co_await self->watch_for_end(held); };
  asio::co_spawn(listener_->context(), std::move(watch), asio::detached);
  if (listener_->stopping()) stream.close();
  enter_phase(Phase::answering, {});
  phase_ = Phase::streaming;
  out_ = {};  // streams are many, and wait for most of the time: what was large is given back
  while (const BodyStream::Piece piece = co_await stream.next()) {
    if (chunked) {
      out_.clear();
      fmt::format_to(std::back_inserter(out_), "{:x}\r\n", piece->size());
    }
    if (!co_await write_all(out_, *piece, chunked ? "\r\n" : "")) break;
  }
  stream.close();
  if (chunked) co_await write_all("0\r\n\r\n");
}

HttpConnection::Awaitable<void> HttpConnection::watch_for_end(std::shared_ptr<BodyStream> stream) {
  std::array<char, 512> bytes;
  const asio::mutable_buffer buffer(bytes.data(), bytes.size());
  for (;;) {
    // What a client sends after its request for a stream is discarded.
    const auto [error, count] = co_await peer_stream_.async_read_some(buffer, use_result);
    if (error) break;
  }
  stream->close();
}

HttpConnection::Awaitable<void> HttpConnection::fail_request(int status, std::string_view reason) {
  Request& request = reader_.request();
  prepare(request);
  request.route = nullptr;
  listener_->metrics().refused(reason_phrase(status));
  listener_->metrics().observe(HttpMetrics::no_route, status, 0);
  if (status == 431)
    co_await read_origin();
  else
    (void)reader_.find_origin();
  const Response response = problem(status, reason, request);
  const std::vector<Header> more = cors_headers(request, listener_->options().cors_origins);
  const ResponseHead head{response, request.correlation_id, http_date_now(), Framing::length, true, false, more};
  if (co_await write(response, head)) co_await linger();
}

HttpConnection::Awaitable<void> HttpConnection::refuse() {
  if (!co_await secure()) co_return;
  Request& request = reader_.request();
  co_await read_origin();
  prepare(request);
  listener_->metrics().refused("connections");
  const Error full{ErrorCode::unavailable, "the node has reached its maximum of connections; try again in a second"};
  const Response response = problem(full, request);
  const std::vector<Header> more = cors_headers(request, listener_->options().cors_origins);
  const ResponseHead head{response, request.correlation_id, http_date_now(), Framing::length, true, false, more};
  if (co_await write(response, head)) co_await linger();
}

// Where only some origins may call, an answer sent before the head was parsed needs the request's origin.
HttpConnection::Awaitable<void> HttpConnection::read_origin() {
  const std::vector<std::string>& allowed = listener_->options().cors_origins;
  if (allowed.empty() || allows_origin("any", allowed)) co_return;
  enter_phase(Phase::lingering, linger_time);
  while (!reader_.find_origin() && co_await read_some()) {
  }
}

// Closing with unread bytes resets the connection, so that the client may lose the answer.
HttpConnection::Awaitable<void> HttpConnection::linger() {
  enter_phase(Phase::lingering, linger_time);
  if (peer_stream_.is_secured()) co_return co_await peer_stream_.end();
  boost::system::error_code failed;
  peer_stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, failed);
  if (failed) co_return;
  out_.resize(4096);
  const asio::mutable_buffer buffer(out_.data(), out_.size());
  for (std::size_t total = 0; total < linger_bytes_max;) {
    const auto [error, count] = co_await peer_stream_.async_read_some(buffer, use_result);
    if (error) co_return;
    total += count;
  }
}

}  // namespace sagactl::http
