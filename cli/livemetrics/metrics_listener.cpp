#include "cli/livemetrics/metrics_listener.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio.hpp>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "cli/configuration/listen_address.hpp"
#include "common/text/host_port.hpp"

namespace sagactl {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::size_t head_max = 8 * 1024;  // of a request
constexpr std::size_t clients_max = 16;     // at once
constexpr std::chrono::seconds request_time{5};
constexpr std::chrono::steady_clock::duration reader_wait_min = std::chrono::seconds(10);
constexpr std::chrono::steady_clock::duration reader_wait_max = std::chrono::minutes(1);

// When the text was read.
class Readings {
 public:
  void add() {
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (count_ > 0) interval_ = now - last_;
    last_ = now;
    ++count_;
    changed_.notify_all();
  }
  void wait_for_next(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (interval_.count() == 0) return;
    const std::uint64_t seen = count_;
    const auto until = last_ + std::clamp(interval_ * 2, reader_wait_min, reader_wait_max);
    changed_.wait_until(lock, stop, until, [&] { return count_ > seen; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::uint64_t count_ = 0;
  std::chrono::steady_clock::time_point last_;
  std::chrono::steady_clock::duration interval_{0};  // between the last two; 0: there were none
};

// One request and its answer; the connection is closed afterwards.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(tcp::socket socket, const std::function<std::string()>& text, Readings& readings)
      : socket_(std::move(socket)), timer_(socket_.get_executor()), text_(text), readings_(readings), head_(head_max) {}

  void begin() {
    auto self = shared_from_this();
    timer_.expires_after(request_time);
    timer_.async_wait([self](boost::system::error_code cancelled) {
      boost::system::error_code ignored;
      if (!cancelled) self->socket_.close(ignored);
    });
    asio::async_read_until(socket_, head_, "\r\n\r\n", [self](boost::system::error_code failed, std::size_t) {
      if (!failed) self->answer();
    });
  }

 private:
  void answer() {
    const auto data = head_.data();
    const std::string line(
        asio::buffers_begin(data),
        asio::buffers_begin(data) + static_cast<std::ptrdiff_t>(std::min<std::size_t>(head_.size(), 64)));
    const bool is_known = line.starts_with("GET /metrics ") || line.starts_with("GET /metrics?");
    const std::string body = is_known ? text_() : "GET /metrics\n";
    answer_ = fmt::format(
        "HTTP/1.1 {}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: {}\r\n"
        "Connection: close\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\r\n{}",
        is_known ? "200 OK" : "404 Not Found", body.size(), body);
    asio::async_write(socket_, asio::buffer(answer_),
                      [self = shared_from_this(), is_known](boost::system::error_code failed, std::size_t) {
                        if (is_known && !failed) self->readings_.add();
                        self->end();
                      });
  }
  void end() {
    boost::system::error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_both, ignored);
    timer_.cancel();
  }

  tcp::socket socket_;
  asio::steady_timer timer_;
  const std::function<std::string()>& text_;
  Readings& readings_;
  asio::streambuf head_;
  std::string answer_;
};

}  // namespace

class MetricsListener::Server {
 public:
  Server(const ListenAddress& address, std::function<std::string()> text)
      : text_(std::move(text)), acceptor_(context_), host_(address.host) {
    const auto found = *tcp::resolver(context_).resolve(address.host, std::to_string(address.port)).begin();
    acceptor_.open(found.endpoint().protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.bind(found.endpoint());
    acceptor_.listen(clients_max);
    accept();
    thread_ = std::jthread([this] { context_.run(); });
  }
  ~Server() { context_.stop(); }

  void wait_for_reader(const std::stop_token& stop) { readings_.wait_for_next(stop); }

  std::string url() const {
    return fmt::format("http://{}/metrics", host_port_text(host_, acceptor_.local_endpoint().port()));
  }

 private:
  void accept() {
    acceptor_.async_accept([this](boost::system::error_code failed, tcp::socket socket) {
      if (failed == asio::error::operation_aborted) return;
      if (!failed) std::make_shared<Exchange>(std::move(socket), text_, readings_)->begin();
      accept();
    });
  }

  const std::function<std::string()> text_;
  Readings readings_;
  asio::io_context context_{1};
  tcp::acceptor acceptor_;
  const std::string host_;
  std::jthread thread_;  // ends before the members that it uses
};

Result<MetricsListener> MetricsListener::open(const std::string& text, std::function<std::string()> metrics) {
  const auto address = parse_listen_address(text, 9464);
  if (!address) return address.error();
  try {
    return MetricsListener(std::make_unique<Server>(*address, std::move(metrics)));
  } catch (const boost::system::system_error& failed) {
    return Error{ErrorCode::unavailable, fmt::format("cannot listen on {}: {}", text, failed.code().message())};
  }
}

MetricsListener::MetricsListener(std::unique_ptr<Server> server) : server_(std::move(server)) {}
MetricsListener::MetricsListener(MetricsListener&&) noexcept = default;
MetricsListener::~MetricsListener() = default;

void MetricsListener::wait_for_reader(const std::stop_token& stop) {
  server_->wait_for_reader(stop);
}

std::string MetricsListener::url() const {
  return server_->url();
}

}  // namespace sagactl
