#include "httpclient/http_connection_pool.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "httpclient/https_check.hpp"

namespace sagactl {

namespace net = boost::asio;

HttpConnectionPool::HttpConnectionPool(net::io_context& context, Url base, const HttpPoolOptions& options,
                                       std::unique_ptr<TlsContext> tls)
    : context_(context), base_(std::move(base)), options_(options), tls_(std::move(tls)) {}

std::unique_ptr<ClientConnection> HttpConnectionPool::make_connection() const {
  return std::make_unique<ClientConnection>(context_.get_executor(), base_, tls_.get(), proxy(), options_.address_time);
}

void HttpConnectionPool::send(SharedPending pending) {
  pending->deadline.expires_after(options_.timeout);
  pending->deadline.async_wait([this, pending](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    if (pending->connection) pending->connection->close();
    cut_short(pending, "the time was up");
    while (!waiting_.empty() && !waiting_.front()->done) waiting_.pop_front();
  });
  waiting_.push_back(std::move(pending));
  if (busy_ >= options_.connections_max) return;
  ++busy_;
  net::co_spawn(context_, work(), net::detached);
}

void HttpConnectionPool::finish(const SharedPending& pending, Result<HttpResponse> outcome) {
  if (!pending->done) return;
  pending->deadline.cancel();
  const auto done = std::exchange(pending->done, nullptr);
  done(std::move(outcome));
}

void HttpConnectionPool::cut_short(const SharedPending& pending, const std::string& reason) {
  if (pending->is_sent) return finish(pending, no_response(pending->request, base_, reason));
  const char* what = pending->connection ? "nothing answers at {}{}: {}" : "the request to {}{} was not sent: {}";
  const std::string by_way = proxy() ? " through " + proxy()->name() : "";
  finish(pending, Error{ErrorCode::unavailable, fmt::format(fmt::runtime(what), base_.text(), by_way, reason)});
}

// Sends what waits, one request after the other on one connection, until nothing waits.
net::awaitable<void> HttpConnectionPool::work() {
  KeptConnection kept = idle_connection();
  while (!waiting_.empty()) {
    const SharedPending pending = std::move(waiting_.front());
    waiting_.pop_front();
    if (!pending->done) continue;
    const bool is_reused = kept.connection && !is_too_old(kept) && kept.connection->is_reusable();
    if (!is_reused) kept = co_await open(pending);
    if (!kept.connection) continue;
    Exchange outcome = co_await exchange_on(*kept.connection, pending);
    // The server may close an idle connection just as a request arrives. What is safe to repeat is repeated once.
    const bool was_idle_too_long = is_reused && !outcome.response && !outcome.received_something;
    if (was_idle_too_long && pending->request.method == "GET" && pending->done) {
      kept = co_await open(pending);
      if (!kept.connection) continue;
      outcome = co_await exchange_on(*kept.connection, pending);
    }
    kept.used_at = Steady::now();
    if (!outcome.connection_reusable) kept.connection.reset();
    const bool is_other_scheme = co_await was_meant_for_https(pending, outcome);
    if (is_other_scheme) outcome.response = wants_https(base_, pending->request.method);
    finish(pending, std::move(outcome.response));
  }
  --busy_;
  if (kept.connection) idle_.push_back(std::move(kept));
}

// Null when there is none, and the request has its outcome.
net::awaitable<HttpConnectionPool::KeptConnection> HttpConnectionPool::open(SharedPending pending) {
  KeptConnection made;
  made.connection = make_connection();
  made.opened_at = made.used_at = Steady::now();
  pending->connection = made.connection.get();
  const Result<void> opened = co_await made.connection->open();
  pending->connection = nullptr;
  if (opened) co_return made;
  finish(pending, opened.error());
  made.connection.reset();
  co_return made;
}

net::awaitable<Exchange> HttpConnectionPool::exchange_on(ClientConnection& connection, SharedPending pending) {
  pending->connection = &connection;
  pending->is_sent = true;
  Exchange outcome = co_await exchange(connection, pending->request, base_, proxy(), options_.body_max);
  pending->connection = nullptr;
  co_return outcome;
}

net::awaitable<bool> HttpConnectionPool::was_meant_for_https(SharedPending pending, const Exchange& outcome) {
  if (base_.tls || options_.proxy || has_answered_) co_return false;
  if (outcome.response) {
    has_answered_ = !expects_https(*outcome.response);
    co_return !has_answered_;
  }
  const bool is_late = !pending->done;
  if (is_late || outcome.received_something) co_return false;
  const bool speaks = co_await speaks_tls(base_);
  co_return speaks;
}

// The one that was used last.
HttpConnectionPool::KeptConnection HttpConnectionPool::idle_connection() {
  std::erase_if(idle_, [this](const KeptConnection& kept) { return is_too_old(kept); });
  if (idle_.empty()) return {};
  KeptConnection last = std::move(idle_.back());
  idle_.pop_back();
  return last;
}

bool HttpConnectionPool::is_too_old(const KeptConnection& kept) const {
  const auto now = Steady::now();
  return now - kept.used_at >= options_.kept.idle_time || now - kept.opened_at >= options_.kept.time;
}

}  // namespace sagactl
