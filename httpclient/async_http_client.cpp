#include "httpclient/async_http_client.hpp"

#include <fmt/format.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <utility>

#include "httpclient/connecting/tls.hpp"
#include "httpclient/http_connection_pool.hpp"

namespace sagactl {

namespace net = boost::asio;

namespace {

constexpr const char* stopping = "this node is stopping";

}  // namespace

class AsyncHttpClient::Core {
 public:
  Core(Url base, const AsyncHttpClientOptions& options, std::unique_ptr<TlsContext> tls)
      : requests_max_(options.requests_max),
        pool_(context_, std::move(base),
              {.timeout = options.timeout,
               .connections_max = options.connections_max,
               .body_max = options.body_max,
               .kept = options.kept},
              std::move(tls)) {
    thread_ = std::thread([this] { context_.run(); });
  }

  ~Core() { stop(); }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      if (std::exchange(is_stopping_, true)) return;
    }
    context_.stop();
    thread_.join();
    // Those that were posted and never reached the pool are among them.
    while (SharedPending pending = any_unfinished()) pool_.cut_short(pending, stopping);
  }

  void send(HttpRequest request, Done done) {
    auto pending = std::make_shared<HttpConnectionPool::Pending>(context_, std::move(request), nullptr);
    pending->done = [this, key = pending.get(), done](Result<HttpResponse> response) {
      remove(key);
      done(std::move(response));
    };
    if (auto refused = add(pending)) return done(std::move(*refused));
    net::post(context_, [this, pending]() mutable { pool_.send(std::move(pending)); });
  }

 private:
  using SharedPending = HttpConnectionPool::SharedPending;

  // Refuses it, or adds it to those that stop() answers: both under one lock, so that none is added after them.
  std::optional<Error> add(const SharedPending& pending) {
    const std::lock_guard lock(mutex_);
    if (is_stopping_) return Error{ErrorCode::unavailable, stopping};
    if (unfinished_.size() >= requests_max_)
      return Error{ErrorCode::busy, fmt::format("too many requests to {} wait for an answer", pool_.base().text())};
    unfinished_.emplace(pending.get(), pending);
    return std::nullopt;
  }

  void remove(HttpConnectionPool::Pending* pending) {
    const std::lock_guard lock(mutex_);
    unfinished_.erase(pending);
  }

  SharedPending any_unfinished() {
    const std::lock_guard lock(mutex_);
    return unfinished_.empty() ? nullptr : unfinished_.begin()->second;
  }

  const std::size_t requests_max_;
  net::io_context context_{1};
  net::executor_work_guard<net::io_context::executor_type> working_{context_.get_executor()};
  HttpConnectionPool pool_;  // of the thread alone
  std::mutex mutex_;         // of the next two
  bool is_stopping_ = false;
  std::unordered_map<HttpConnectionPool::Pending*, SharedPending> unfinished_;
  std::thread thread_;
};

Result<std::unique_ptr<AsyncHttpClient>> AsyncHttpClient::make(Url base, const AsyncHttpClientOptions& options) {
  auto tls = make_tls_for(base, {.authorities = options.authorities});
  if (!tls) return tls.error();
  return std::unique_ptr<AsyncHttpClient>(
      new AsyncHttpClient(std::make_unique<Core>(std::move(base), options, std::move(tls).value())));
}

AsyncHttpClient::AsyncHttpClient(std::unique_ptr<Core> core) : core_(std::move(core)) {}
AsyncHttpClient::~AsyncHttpClient() {
  core_->stop();
}

void AsyncHttpClient::send(HttpRequest request, Done done) {
  core_->send(std::move(request), std::move(done));
}

void AsyncHttpClient::stop() {
  core_->stop();
}

}  // namespace sagactl
