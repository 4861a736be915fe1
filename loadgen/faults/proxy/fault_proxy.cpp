#include "loadgen/faults/proxy/fault_proxy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <cstring>
#include <set>
#include <thread>

#include "common/descriptors.hpp"
#include "common/text/text.hpp"
#include "httpclient/as_values.hpp"
#include "loadgen/faults/proxy/proxy_session.hpp"
#include "loadgen/sending/steady_ns.hpp"

namespace sagactl {

namespace net = boost::asio;
using boost::system::error_code;
using net::ip::tcp;

namespace {

constexpr int waiting_max = 4096;             // connections that were not yet accepted
constexpr Duration time_for_duplicates = 2s;  // after the load
constexpr std::size_t sessions_max = 50'000;

Error refused(const ProxyFault& fault, const std::string& why) {
  return {ErrorCode::invalid, fmt::format("--proxy-fault '{}': {}", fault.text(), why)};
}

}  // namespace

FaultMark mark_of(const ProxyFault& fault) {
  FaultMark mark;
  mark.fault = fault.text();
  mark.kind = to_string(fault.action);
  mark.target = fault.target;
  mark.by_proxy = true;
  return mark;
}

void conclude(FaultMark& mark) {
  mark.done = mark.has_begun() && mark.changed > 0;
  if (!mark.has_begun()) {
    mark.outcome = "not done: the load ended before";
    return;
  }
  const bool of_connections = mark.kind == to_string(ProxyAction::cut_connections);
  mark.outcome = fmt::format("{}{} of {} {}", mark.done ? "" : "nothing was changed: ", mark.changed, mark.met,
                             of_connections ? "connections" : "requests");
}

Result<std::vector<std::vector<std::size_t>>> targets_of_faults(const std::vector<ProxyFault>& faults,
                                                                const std::vector<ProxyTarget>& targets) {
  std::vector<std::vector<std::size_t>> all;
  for (const ProxyFault& fault : faults) {
    auto& places = all.emplace_back();
    std::string known;
    for (std::size_t i = 0; i < targets.size(); ++i) {
      if (known.find(targets[i].name) == std::string::npos) known += (known.empty() ? "" : ", ") + targets[i].name;
      if (!fault.target.empty() && fault.target != targets[i].name) continue;
      if (needs_requests(fault.action) && !targets[i].is_plain)
        return refused(fault, fmt::format("the connections to {} are encrypted or HTTP/2, so the proxy cannot tell "
                                          "requests apart: there it can delay, throttle and cut connections",
                                          targets[i].name));
      places.push_back(i);
    }
    if (places.empty())
      return refused(fault, fmt::format("'{}' is not a target of this load: {}", fault.target, known));
  }
  return all;
}

// The proxy itself. All but the constructor, begin() and stop() runs on its thread.
class FaultProxy::Server {
 public:
  explicit Server(ProxyChoices choices)
      : choices_(std::move(choices)),
        surroundings_{choices_, [this] { return now(); },
                      [this](std::shared_ptr<ProxySession> session) { keep(std::move(session)); }} {}
  ~Server() { stop(); }

  // The port; `unavailable` when there is none.
  Result<std::uint16_t> listen(const ProxyTarget& target, std::size_t place) {
    auto& acceptor = acceptors_.emplace_back(std::make_unique<tcp::acceptor>(context_));
    error_code failure;
    const tcp::endpoint any(net::ip::address_v4::loopback(), 0);
    acceptor->open(any.protocol(), failure);
    if (!failure) acceptor->bind(any, failure);
    if (!failure) acceptor->listen(waiting_max, failure);
    if (failure)
      return Error{ErrorCode::unavailable, fmt::format("the proxy for faults cannot listen: {}", failure.message())};
    const Listening listening{acceptor.get(), place, target.is_plain,
                              ProxyEndpoint(&target.address.storage, target.address.size, 0)};
    net::co_spawn(context_, accept(listening), net::detached);
    return acceptor->local_endpoint().port();
  }

  void run() {
    thread_ = std::thread([this] { context_.run(); });
  }

  void begin(std::int64_t start_ns) {
    began_at_ = Timestamp{wall_clock_now().us + (start_ns - steady_ns()) / 1000};
    start_ns_ = start_ns;
    net::post(context_, [this] {
      for (std::size_t fault = 0; fault < choices_.faults().size(); ++fault)
        if (choices_.faults()[fault].action == ProxyAction::cut_connections) cut_when_due(fault);
    });
  }

  void stop() {
    if (!thread_.joinable()) return;
    ended_at_ = wall_clock_now();
    net::post(context_, [this] {
      is_stopping_ = true;
      for (auto& acceptor : acceptors_) acceptor->close();
      for (auto& timer : timers_) timer->cancel();
      cut_all(true);
      guard_.reset();
      // Duplicates that are under way reach the server.
      if (sessions_.empty()) return;
      last_timer_.expires_after(time_for_duplicates);
      last_timer_.async_wait([this](const error_code& failure) {
        if (!failure) cut_all(false);
      });
    });
    thread_.join();
  }

  std::size_t fault_count() const { return choices_.faults().size(); }
  // After stop().
  FaultMark mark_of(std::size_t place) const {
    const ProxyFault& fault = choices_.faults()[place];
    const ProxyCounts counts = choices_.counts(place);
    FaultMark mark = sagactl::mark_of(fault);
    mark.met = counts.met;
    mark.changed = counts.changed;
    if (start_ns_ != INT64_MAX && began_at_ + fault.from < ended_at_) {
      mark.began = began_at_ + fault.from;
      mark.ended = fault.to ? std::min(began_at_ + *fault.to, ended_at_) : ended_at_;
    }
    conclude(mark);
    return mark;
  }

 private:
  struct Listening {
    tcp::acceptor* acceptor;
    std::size_t target;
    bool is_plain;
    ProxyEndpoint server;
  };

  Duration now() const {
    const std::int64_t start = start_ns_;
    if (start == INT64_MAX) return Duration{-1};
    // A closed loop sends its first requests a little before.
    return std::max(Duration{0}, Duration((steady_ns() - start) / 1000));
  }

  net::awaitable<void> accept(Listening listening) {
    while (listening.acceptor->is_open()) {
      auto [failure, socket] = co_await listening.acceptor->async_accept(as_values);
      if (failure == net::error::operation_aborted) co_return;
      if (failure) {  // no descriptor is free, or the client has gone
        net::steady_timer timer(context_);
        timer.expires_after(std::chrono::milliseconds(10));
        auto [ended] = co_await timer.async_wait(as_values);
        (void)ended;
        continue;
      }
      const bool is_refused = is_stopping_ || sessions_.size() >= sessions_max;
      if (is_refused || choices_.cuts_connection(listening.target, now())) {
        error_code ignored;
        socket.set_option(net::socket_base::linger(true, 0), ignored);
        socket.close(ignored);
        continue;
      }
      ProxySocket client(std::move(socket));
      keep(listening.is_plain
               ? make_http_session(surroundings_, std::move(client), listening.server, listening.target)
               : make_byte_session(surroundings_, std::move(client), listening.server, listening.target));
    }
  }

  void keep(std::shared_ptr<ProxySession> session) {
    if (is_stopping_) return;
    sessions_.insert(session);
    net::co_spawn(context_, serve(session), net::detached);
  }
  net::awaitable<void> serve(std::shared_ptr<ProxySession> session) {
    co_await session->serve();
    sessions_.erase(session);
    if (is_stopping_ && sessions_.empty()) last_timer_.cancel();
  }
  void cut_all(bool only_of_clients) {
    const std::set<std::shared_ptr<ProxySession>> open = sessions_;
    for (const auto& session : open)
      if (session->is_of_client() || !only_of_clients) session->cut();
  }

  net::steady_timer& new_timer() { return *timers_.emplace_back(std::make_unique<net::steady_timer>(context_)); }

  void cut_when_due(std::size_t fault) {
    net::steady_timer& timer = new_timer();
    timer.expires_after(std::max(choices_.faults()[fault].from - now(), Duration{0}));
    timer.async_wait([this, fault](const error_code& failure) {
      if (failure) return;
      const std::set<std::shared_ptr<ProxySession>> open = sessions_;
      for (const auto& session : open)
        if (session->is_of_client() && choices_.cuts_connection(session->target(), now(), fault)) session->cut();
    });
  }

  net::io_context context_{1};
  net::executor_work_guard<net::io_context::executor_type> guard_ = net::make_work_guard(context_);
  ProxyChoices choices_;
  ProxySurroundings surroundings_;
  std::vector<std::unique_ptr<tcp::acceptor>> acceptors_;
  std::vector<std::unique_ptr<net::steady_timer>> timers_;
  net::steady_timer last_timer_{context_};
  std::set<std::shared_ptr<ProxySession>> sessions_;
  std::atomic<std::int64_t> start_ns_{INT64_MAX};
  bool is_stopping_ = false;
  Timestamp began_at_, ended_at_;
  std::thread thread_;
};

FaultProxy::FaultProxy() = default;
FaultProxy::~FaultProxy() = default;

Result<std::unique_ptr<FaultProxy>> FaultProxy::start(const std::vector<ProxyFault>& faults, std::uint64_t seed,
                                                      const std::vector<ProxyTarget>& targets) {
  auto places = targets_of_faults(faults, targets);
  if (!places) return places.error();
  raise_descriptor_limit();
  std::set<std::size_t> proxied;
  for (const auto& list : *places) proxied.insert(list.begin(), list.end());
  std::unique_ptr<FaultProxy> proxy(new FaultProxy());
  proxy->server_ = std::make_unique<Server>(ProxyChoices(faults, seed, std::move(*places)));
  for (std::size_t i = 0; i < targets.size(); ++i) {
    proxy->addresses_.push_back(targets[i].address);
    if (!proxied.contains(i)) continue;
    const auto port = proxy->server_->listen(targets[i], i);
    if (!port) return port.error();
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_port = htons(*port);
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    LoadAddress& address = proxy->addresses_.back();
    address.storage = {};
    std::memcpy(&address.storage, &own, sizeof own);
    address.size = sizeof own;
  }
  proxy->server_->run();
  return proxy;
}

void FaultProxy::begin(std::int64_t start_ns) {
  server_->begin(start_ns);
}

std::vector<FaultMark> FaultProxy::end() {
  server_->stop();
  std::vector<FaultMark> marks;
  for (std::size_t i = 0; i < server_->fault_count(); ++i) marks.push_back(server_->mark_of(i));
  return marks;
}

}  // namespace sagactl
