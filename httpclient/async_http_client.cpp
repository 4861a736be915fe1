#include "httpclient/async_http_client.hpp"

#include <fmt/format.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <thread>
#include <unordered_set>

#include "httpclient/client_connection.hpp"
#include "httpclient/http_exchange.hpp"
#include "httpclient/tls.hpp"

namespace sagactl {

namespace net = boost::asio;

namespace {

// A request until it is answered. On the client's thread alone once it has been posted there.
struct Job {
  Job(net::io_context& context, HttpRequest asked, AsyncHttpClient::Done answer)
      : request(std::move(asked)), done(std::move(answer)), timer(context) {}

  HttpRequest request;
  AsyncHttpClient::Done done;  // empty when it has been answered
  net::steady_timer timer;
  ClientConnection* connection = nullptr;  // that it is using
  bool sent = false;                 // or may have been, in part
};

using SharedJob = std::shared_ptr<Job>;

}  // namespace

class AsyncHttpClient::Core {
 public:
  Core(Url base, const AsyncHttpOptions& options, std::unique_ptr<net::ssl::context> tls)
      : base_(std::move(base)), options_(options), tls_(std::move(tls)) {
    thread_ = std::thread([this] { context_.run(); });
  }

  ~Core() { stop(); }

  void stop() {
    if (stopping_.exchange(true)) return;
    context_.stop();
    thread_.join();
    // Those that were posted and never taken up are among them.
    while (SharedJob job = any_job()) answer(job, cut_short(*job, "this node is stopping"));
  }

  const Url& base() const { return base_; }

  void send(HttpRequest request, Done done) {
    if (stopping_) return done(Error{ErrorCode::unavailable, "this node is stopping"});
    const auto job = std::make_shared<Job>(context_, std::move(request), std::move(done));
    if (!enter(job))
      return job->done(Error{ErrorCode::busy, fmt::format("too many requests to {} wait for an answer", base_.text())});
    net::post(context_, [this, job] { take(job); });
  }

 private:
  bool enter(const SharedJob& job) {
    const std::lock_guard lock(all_mutex_);
    return all_.size() < options_.requests_max && all_.insert(job).second;
  }

  SharedJob any_job() {
    const std::lock_guard lock(all_mutex_);
    return all_.empty() ? nullptr : *all_.begin();
  }

  void answer(const SharedJob& job, Result<HttpResponse> result) {
    if (!job->done) return;
    {
      const std::lock_guard lock(all_mutex_);
      all_.erase(job);
    }
    job->timer.cancel();
    const Done done = std::exchange(job->done, nullptr);
    done(std::move(result));
  }

  Error cut_short(const Job& job, const std::string& why) const {
    if (job.sent)
      return {ErrorCode::unknown_outcome,
              fmt::format("no answer of {}: {} after the request was sent; it may have been done", base_.text(), why)};
    return {ErrorCode::unavailable, fmt::format("the request to {} was not sent: {}", base_.text(), why)};
  }

  void take(const SharedJob& job) {
    job->timer.expires_after(options_.timeout);
    job->timer.async_wait([this, job](const boost::system::error_code& cancelled) {
      if (!cancelled) give_up(job);
    });
    waiting_.push_back(job);
    if (busy_ >= options_.connections_max) return;
    ++busy_;
    net::co_spawn(context_, work(), net::detached);
  }

  void give_up(const SharedJob& job) {
    if (job->connection) job->connection->close();
    answer(job, cut_short(*job, "the time was up"));
    while (!waiting_.empty() && !waiting_.front()->done) waiting_.pop_front();
  }

  // Carries out what waits, one after the other on one connection, until nothing does.
  net::awaitable<void> work() {
    std::unique_ptr<ClientConnection> connection = idle_connection();
    while (!waiting_.empty()) {
      const SharedJob job = std::move(waiting_.front());
      waiting_.pop_front();
      if (!job->done) continue;
      if (!connection || !connection->is_quiet()) {
        connection = std::make_unique<ClientConnection>(context_.get_executor(), base_, tls_.get());
        job->connection = connection.get();
        Result<void> opened = co_await connection->open();
        if (!opened) {
          job->connection = nullptr;
          connection.reset();
          answer(job, opened.error());
          continue;
        }
      }
      job->connection = connection.get();
      job->sent = true;
      const std::string text = request_text(job->request, base_);
      Exchanged exchanged = co_await exchange(*connection, text, options_.body_max);
      job->connection = nullptr;
      if (!exchanged.reusable) connection.reset();
      answer(job, std::move(exchanged.response));
    }
    --busy_;
    if (connection) idle_.push_back(std::move(connection));
  }

  // The one that was used last: the others grow old and are closed by the server.
  std::unique_ptr<ClientConnection> idle_connection() {
    if (idle_.empty()) return nullptr;
    std::unique_ptr<ClientConnection> connection = std::move(idle_.back());
    idle_.pop_back();
    return connection;
  }

  const Url base_;
  const AsyncHttpOptions options_;
  const std::unique_ptr<net::ssl::context> tls_;
  net::io_context context_{1};
  net::executor_work_guard<net::io_context::executor_type> working_{context_.get_executor()};
  std::atomic<bool> stopping_ = false;
  std::mutex all_mutex_;
  std::unordered_set<SharedJob> all_;  // that are not answered
  // Of the thread alone:
  std::deque<SharedJob> waiting_;
  std::vector<std::unique_ptr<ClientConnection>> idle_;
  std::size_t busy_ = 0;  // connections in use; with the idle ones at most connections_max
  std::thread thread_;
};

Result<std::unique_ptr<AsyncHttpClient>> AsyncHttpClient::make(Url base, const AsyncHttpOptions& options) {
  std::unique_ptr<net::ssl::context> tls;
  if (base.tls) {
    auto context = make_tls_client(options.authorities);
    if (!context) return context.error();
    tls = std::move(context).value();
  }
  return std::unique_ptr<AsyncHttpClient>(
      new AsyncHttpClient(std::make_unique<Core>(std::move(base), options, std::move(tls))));
}

AsyncHttpClient::AsyncHttpClient(std::unique_ptr<Core> core) : core_(std::move(core)) {}
AsyncHttpClient::~AsyncHttpClient() {
  core_->stop();
}

const Url& AsyncHttpClient::base() const {
  return core_->base();
}

void AsyncHttpClient::send(HttpRequest request, Done done) {
  core_->send(std::move(request), std::move(done));
}

void AsyncHttpClient::stop() {
  core_->stop();
}

}  // namespace sagactl
