#include "loadgen/sending/connection_pool.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "common/result.hpp"

namespace sagactl {
namespace {

constexpr std::size_t events_max = 256;

using Progress = NonblockingStream::Progress;

}  // namespace

ConnectionPool::ConnectionPool(std::span<const LoadAddress> targets, std::size_t connections,
                               const StreamLimits& streams, std::size_t first_target, std::size_t request_size_max,
                               std::int64_t connect_timeout_ns)
    : epoll_(epoll_create1(EPOLL_CLOEXEC)),
      events_(events_max),
      may_add_links_(streams.may_add_connections),
      connect_timeout_ns_(connect_timeout_ns) {
  if (epoll_ < 0) crash("cannot create an epoll instance");
  for (const LoadAddress& address : targets) {
    targets_.emplace_back();
    targets_.back().address = address;
  }
  for (std::size_t i = 0; i < connections; ++i) {
    auto connection = std::make_unique<LoadConnection>();
    connection->target = static_cast<std::uint16_t>((first_target + i) % targets_.size());
    connection->out.resize(request_size_max);
    targets_[connection->target].down.push_back(connection.get());
    ++targets_[connection->target].size;
    connections_.push_back(std::move(connection));
  }
  for (Target& target : targets_) {
    target.idle.reserve(target.down.size());
    target.down.reserve(target.down.size());
  }
  if (streams.of_connection > 0) add_links(streams.of_connection);
}

ConnectionPool::~ConnectionPool() {
  for (Target& target : targets_) target.links.clear();
  connections_.clear();  // before the targets' sessions
  close(epoll_);
}

void ConnectionPool::keep_answers_up_to(std::size_t size) {
  for (const auto& connection : connections_) connection->answer.keep_up_to(size);
}

void ConnectionPool::watch(int fd, EventSource& source) {
  epoll_event interest{};
  interest.events = EPOLLIN;
  interest.data.ptr = &source;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &interest) != 0) crash("cannot watch an event descriptor");
}

bool ConnectionPool::start(LoadConnection& connection, std::int64_t now) {
  Target& target = targets_[connection.target];
  NonblockingStream& stream = connection.stream;
  const auto* address = reinterpret_cast<const sockaddr*>(&target.address.storage);
  epoll_event interest{};
  interest.events = EPOLLOUT;
  interest.data.ptr = static_cast<EventSource*>(&connection);
  if (stream.connect(address, target.address.size) == Progress::failed ||
      epoll_ctl(epoll_, EPOLL_CTL_ADD, stream.fd(), &interest) != 0) {
    stream.close();
    return false;
  }
  connection.is_accepted = false;
  connection.state = ConnectionState::connecting;
  connection.since_ns = now;
  connection.fresh = true;
  connection.kept = false;
  connection.expires_ns = INT64_MAX;
  ++target.connecting;
  return true;
}

void ConnectionPool::close_socket(LoadConnection& connection) {
  Target& target = targets_[connection.target];
  switch (connection.state) {
    case ConnectionState::down:
      return;
    case ConnectionState::connecting:
      --target.connecting;
      break;
    case ConnectionState::idle:
      target.idle.erase(std::find(target.idle.begin(), target.idle.end(), &connection));
      --idle_count_;
      --target.connected;
      --connected_count_;
      break;
    case ConnectionState::busy:
      unlink(connection);
      --target.connected;
      --connected_count_;
      break;
  }
  if (connection.link && connection.state != ConnectionState::connecting) {
    if (connection.stream_id != 0) {
      connection.link->cancel(connection);
      mark_dirty(*connection.link);
    }
    connection.link->free_one();
  }
  connection.stream.close();
  connection.state = ConnectionState::down;
}

void ConnectionPool::put_down(LoadConnection& connection, std::int64_t retry_at_ns) {
  close_socket(connection);
  Target& target = targets_[connection.target];
  target.down.push_back(&connection);
  target.retry_at_ns = std::max(target.retry_at_ns, retry_at_ns);
}

void ConnectionPool::drop(LoadConnection& connection, std::int64_t now) {
  if (connection.link) return put_down(connection, 0);
  put_down(connection, connection.fresh ? now + retry_ns : 0);
  ++reconnects_;
}

bool ConnectionPool::more_may_come() const {
  if (connected_count_ > idle_count_) return true;
  return std::any_of(targets_.begin(), targets_.end(), [](const Target& target) {
    return target.connecting > 0 || (!target.failing && !target.down.empty());
  });
}

bool ConnectionPool::want(std::size_t index, std::size_t count, std::int64_t now) {
  Target& target = targets_[index];
  if (now < target.retry_at_ns) return true;
  if (target.failing) count = std::min<std::size_t>(count, 1);
  if (!target.links.empty()) return want_streams(index, count, now);
  while (target.connecting < count && !target.down.empty()) {
    LoadConnection& connection = *target.down.back();
    if (!start(connection, now)) {
      target.failing = true;
      target.retry_at_ns = now + retry_ns;
      return false;
    }
    target.down.pop_back();
  }
  return true;
}

void ConnectionPool::drop_expired(std::size_t index, std::int64_t now) {
  std::vector<LoadConnection*>& idle = targets_[index].idle;
  while (!idle.empty() && idle.back()->expires_ns <= now) drop(*idle.back(), now);
}

void ConnectionPool::become_idle(LoadConnection& connection) {
  connection.state = ConnectionState::idle;
  targets_[connection.target].idle.push_back(&connection);
  ++idle_count_;
}

ConnectionPool::Opening ConnectionPool::opening_failed(LoadConnection& connection, std::int64_t now) {
  targets_[connection.target].failing = true;
  put_down(connection, now + retry_ns);
  return Opening::failed;
}

ConnectionPool::Opening ConnectionPool::continue_opening(LoadConnection& connection, std::int64_t now) {
  Target& target = targets_[connection.target];
  NonblockingStream& stream = connection.stream;
  if (!connection.is_accepted) {
    if (stream.finish_connecting() != Progress::done) return opening_failed(connection, now);
    connection.is_accepted = true;
    connection.accepted_ns = now;
  }
  switch (stream.establish(*target.address.route, &target.session)) {
    case Progress::done:
      opened(connection);
      return Opening::opened;
    case Progress::wants_read:
      watch_writing(connection, false);
      return Opening::pending;
    case Progress::wants_write:
      watch_writing(connection, true);
      return Opening::pending;
    case Progress::closed:
    case Progress::failed:
      break;
  }
  return opening_failed(connection, now);
}

void ConnectionPool::count_handshake(const NonblockingStream& stream, std::int64_t accepted_ns) {
  if (!stream.is_secured()) return;
  handshakes_.times.record_us((steady_ns() - accepted_ns) / 1000);
  handshakes_.resumed += SSL_session_reused(stream.ssl()) == 1;
}

void ConnectionPool::opened(LoadConnection& connection) {
  Target& target = targets_[connection.target];
  count_handshake(connection.stream, connection.accepted_ns);
  target.failing = false;
  --target.connecting;
  ++target.connected;
  peak_connections_ = std::max(peak_connections_, ++connected_count_);
  target.retry_at_ns = 0;  // it is available: others may connect
  become_idle(connection);
  watch_writing(connection, false);
}

bool ConnectionPool::is_still_idle(LoadConnection& connection) {
  char byte = 0;
  return connection.stream.read(&byte, 1).progress == Progress::wants_read;
}

void ConnectionPool::watch_writing(LoadConnection& connection, bool writing) {
  epoll_event interest{};
  interest.events = EPOLLIN | EPOLLRDHUP;
  if (writing) interest.events |= EPOLLOUT;
  // Whoever reads without TLS reads all that there is, so each arrival is reported once, for less of the kernel's time.
  if (!connection.stream.is_secured()) interest.events |= EPOLLET;
  interest.data.ptr = static_cast<EventSource*>(&connection);
  epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.stream.fd(), &interest);
}

LoadConnection& ConnectionPool::take(std::size_t target, std::int64_t now) {
  std::vector<LoadConnection*>& idle = targets_[target].idle;
  LoadConnection& connection = *idle.back();
  idle.pop_back();
  --idle_count_;
  connection.state = ConnectionState::busy;
  connection.fresh = false;
  connection.since_ns = now;
  connection.newer = nullptr;
  connection.older = newest_;
  if (newest_ != nullptr) newest_->newer = &connection;
  newest_ = &connection;
  if (oldest_ == nullptr) oldest_ = &connection;
  return connection;
}

void ConnectionPool::unlink(LoadConnection& connection) {
  (connection.older != nullptr ? connection.older->newer : oldest_) = connection.newer;
  (connection.newer != nullptr ? connection.newer->older : newest_) = connection.older;
  connection.older = connection.newer = nullptr;
}

void ConnectionPool::give_back(LoadConnection& connection) {
  unlink(connection);
  connection.kept = true;
  become_idle(connection);
}

bool ConnectionPool::tick_target(std::size_t index, std::int64_t now) {
  Target& target = targets_[index];
  if (!target.links.empty()) return tick_links(target, now);
  bool failed = false;
  if (target.connecting > 0) {
    for (const auto& connection : connections_) {
      const bool late = connection->state == ConnectionState::connecting && connection->target == index &&
                        now - connection->since_ns > connect_timeout_ns_;
      if (!late) continue;
      put_down(*connection, now + retry_ns);
      target.failing = true;
      failed = true;
    }
  }
  return failed;
}

std::span<epoll_event> ConnectionPool::wait(std::int64_t until_ns) {
  const std::int64_t left = std::max<std::int64_t>(0, until_ns - steady_ns());
  timespec timeout{};
  timeout.tv_sec = left / 1'000'000'000;
  timeout.tv_nsec = left % 1'000'000'000;
  int count = epoll_pwait2(epoll_, events_.data(), static_cast<int>(events_.size()), &timeout, nullptr);
  if (count < 0 && errno == ENOSYS) {  // before Linux 5.11: whole milliseconds
    const auto ms = static_cast<int>(left / 1'000'000);
    count = epoll_wait(epoll_, events_.data(), static_cast<int>(events_.size()), ms);
  }
  return {events_.data(), static_cast<std::size_t>(std::max(0, count))};
}

}  // namespace sagactl
