// The connections of one worker: opened when a request finds none free, kept alive, spread over the targets.
#pragma once

#include <sys/epoll.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "httpclient/answer_reader.hpp"
#include "httpclient/connecting/nonblocking_stream.hpp"
#include "httpclient/connecting/tls_session.hpp"
#include "loadgen/ledger/entry_log.hpp"
#include "loadgen/ledger/histogram.hpp"
#include "loadgen/ledger/ledger.hpp"
#include "loadgen/schedule/schedule.hpp"
#include "loadgen/sending/address.hpp"
#include "loadgen/sending/steady_ns.hpp"

namespace sagactl {

enum class ConnectionState : std::uint8_t {
  down,        // no socket
  connecting,  // since `since_ns`, until a request can be sent
  idle,        // connected and free
  busy,        // a request is being sent or answered, since `since_ns`
};

struct LoadConnection {
  ConnectionState state = ConnectionState::down;
  bool fresh = true;         // no request was sent over it
  bool kept = false;         // a request has been answered on it
  bool is_accepted = false;  // connecting: the server has accepted it, at `accepted_ns`; the rest of its route follows
  std::uint16_t target = 0;
  NonblockingStream stream;
  std::int64_t since_ns = 0;
  std::int64_t accepted_ns = 0;
  std::int64_t expires_ns = INT64_MAX;  // idle: the server closes it then (Keep-Alive header)

  // The current request.
  LedgerEntry entry;
  std::uint32_t journey = 0;  // in RunningJourneys
  RequestTimes times;
  std::vector<char> out;
  std::size_t out_size = 0, out_done = 0;
  AnswerReader answer;

  LoadConnection* older = nullptr;  // neighbours in the list of busy ones, by `since_ns`
  LoadConnection* newer = nullptr;
};

// What became of TLS handshakes: from the accepted connection, with a proxy's tunnel, to where a request can be sent.
struct HandshakeCounts {
  Histogram times;
  std::uint64_t resumed = 0;  // with an earlier session
};

// For one thread. Level-triggered epoll: an event is repeated until it is handled.
class ConnectionPool {
 public:
  // `first_target`: the target of the first connection; the others follow in turn.
  ConnectionPool(std::span<const LoadAddress> targets, std::size_t connections, std::size_t first_target,
                 std::size_t request_size_max, std::int64_t connect_timeout_ns);
  ~ConnectionPool();
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  std::size_t size() const { return connections_.size(); }
  std::size_t idle() const { return idle_count_; }
  std::size_t connected() const { return connected_count_; }  // idle or busy
  std::size_t connected_to(std::size_t target) const { return targets_[target].connected; }
  std::size_t idle_to(std::size_t target) const { return targets_[target].idle.size(); }
  std::size_t connecting_to(std::size_t target) const { return targets_[target].connecting; }
  std::size_t size_to(std::size_t target) const { return targets_[target].size; }  // including those that are down
  bool is_failing(std::size_t target) const { return targets_[target].failing; }   // the last connection attempt failed
  bool has_idle(std::size_t target) const { return !targets_[target].idle.empty(); }
  std::uint64_t reconnects() const { return reconnects_; }
  std::size_t peak_connections() const { return peak_connections_; }  // at once
  // Whether a connection may still become idle: one is busy, connecting, or could be opened.
  bool more_may_come() const;

  // Makes an idle connection to `target` busy; there must be one.
  LoadConnection& take(std::size_t target, std::int64_t now);
  // Makes a busy connection idle after a complete answer.
  void give_back(LoadConnection& connection);
  // Closes the socket. If it broke before its first use, the next attempt waits for retry_ns.
  void drop(LoadConnection& connection, std::int64_t now);
  // Sets whether epoll also reports when a busy connection is writable.
  void watch_writing(LoadConnection& connection, bool writing);

  enum class Opening : std::uint8_t { pending, opened, failed };
  // Handles the event of a connecting one: opened: it is idle now; failed: it is down, and its stream knows the reason.
  Opening continue_opening(LoadConnection& connection, std::int64_t now);
  // Handles the event of an idle one: whether all that came is for TLS alone. Otherwise the server has closed it, or
  // sent bytes that were not requested.
  bool is_still_idle(LoadConnection& connection);

  // Opens connections until `count` to the target are connecting, if there are as many: after a failure one at a time,
  // and none for retry_ns. False when an attempt failed immediately.
  bool want(std::size_t target, std::size_t count, std::int64_t now);
  // Closes idle connections that the server is about to close.
  void drop_expired(std::size_t target, std::int64_t now);

  // Calls `failed(target)` for attempts that timed out.
  template <class Failed>
  void tick(std::int64_t now, Failed failed) {
    for (std::size_t target = 0; target < targets_.size(); ++target) {
      if (tick_target(target, now)) failed(target);
    }
  }
  LoadConnection* oldest_busy() const { return oldest_; }
  HandshakeCounts take_handshakes() { return std::exchange(handshakes_, {}); }  // since the last call

  // Waits for events until `until_ns`; returns immediately for a time in the past.
  std::span<epoll_event> wait(std::int64_t until_ns);

  static constexpr std::int64_t retry_ns = 100'000'000;

 private:
  struct Target {
    LoadAddress address;
    TlsSession session;
    std::vector<LoadConnection*> idle;
    std::vector<LoadConnection*> down;
    std::size_t size = 0;
    std::size_t connected = 0;
    std::size_t connecting = 0;
    bool failing = false;
    std::int64_t retry_at_ns = 0;
  };

  bool start(LoadConnection& connection, std::int64_t now);
  Opening opening_failed(LoadConnection& connection, std::int64_t now);
  void opened(LoadConnection& connection);
  void close_socket(LoadConnection& connection);
  void put_down(LoadConnection& connection, std::int64_t retry_at_ns);
  void become_idle(LoadConnection& connection);
  void unlink(LoadConnection& connection);
  bool tick_target(std::size_t target, std::int64_t now);

  int epoll_ = -1;
  std::deque<Target> targets_;
  std::vector<std::unique_ptr<LoadConnection>> connections_;
  std::vector<epoll_event> events_;
  std::size_t idle_count_ = 0;
  std::size_t connected_count_ = 0;
  std::size_t peak_connections_ = 0;
  std::uint64_t reconnects_ = 0;
  std::int64_t connect_timeout_ns_;
  HandshakeCounts handshakes_;
  LoadConnection* oldest_ = nullptr;
  LoadConnection* newest_ = nullptr;
};

}  // namespace sagactl
