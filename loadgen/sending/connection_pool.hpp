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
#include "loadgen/sending/event_source.hpp"
#include "loadgen/sending/http2_link.hpp"
#include "loadgen/sending/steady_ns.hpp"

namespace sagactl {

enum class ConnectionState : std::uint8_t {
  down,        // no socket
  connecting,  // since `since_ns`, until a request can be sent
  idle,        // connected and free
  busy,        // a request is being sent or answered, since `since_ns`
};

// With HTTP/2 a slot for a stream of `link`, which has the socket.
struct LoadConnection : EventSource {
  LoadConnection() : EventSource(Kind::connection) {}

  ConnectionState state = ConnectionState::down;
  bool fresh = true;         // no request was sent over it
  bool kept = false;         // a request has been answered on it
  bool is_accepted = false;  // connecting: the server has accepted it, at `accepted_ns`; the rest of its route follows
  std::uint16_t target = 0;
  NonblockingStream stream;
  Http2Link* link = nullptr;   // null: HTTP/1.1
  std::int32_t stream_id = 0;  // 0: none is open
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

struct StreamLimits {
  std::size_t of_connection = 0;  // 0: HTTP/1.1
  // Where the server allows fewer, further connections have the others.
  bool may_add_connections = true;
};

// For one thread. Level-triggered epoll: an event is repeated until it is handled.
class ConnectionPool {
 public:
  // `first_target`: the target of the first connection; the others follow in turn. With HTTP/2, `connections` are slots
  // for streams.
  ConnectionPool(std::span<const LoadAddress> targets, std::size_t connections, const StreamLimits& streams,
                 std::size_t first_target, std::size_t request_size_max, std::int64_t connect_timeout_ns);
  ~ConnectionPool();
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  // How many bytes of each body are kept.
  void keep_answers_up_to(std::size_t size);

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
  // Sockets that were open at once, and may be.
  std::size_t peak_connections() const { return links_max_ > 0 ? peak_links_ : peak_connections_; }
  std::size_t connections_max() const { return links_max_ > 0 ? links_max_ : connections_.size(); }
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
  // Whether nothing has come on an idle one, or something for TLS alone. Otherwise the server has closed it, or sent
  // bytes that were not requested.
  bool is_still_idle(LoadConnection& connection);

  // HTTP/2. Handles the event of a connecting link; when it is open, its slots that waited are idle.
  Opening continue_opening(Http2Link& link, std::span<char> buffer, std::int64_t now);
  // Makes the request of a busy slot a stream, which flush() sends.
  void submit(LoadConnection& slot);
  // Something waits to be sent.
  void mark_dirty(Http2Link& link);
  // Sends what waits, and calls `flushed(link, is_lost)` for each link that had something; lost: its connection broke.
  template <class Flushed>
  void flush(Flushed flushed) {
    flushing_.swap(dirty_);
    for (Http2Link* link : flushing_) {
      link->is_dirty = false;
      if (link->has_session()) flushed(*link, !flush(*link));  // otherwise it was closed since
    }
    flushing_.clear();
  }
  // Once no slot of it is busy.
  void close_link(Http2Link& link, std::int64_t now);
  // A link to which the server allows no more requests is closed when the last one is answered.
  void settle(Http2Link& link, std::int64_t now);

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

  // Also reports when this descriptor is readable, by its source. Both outlive the pool.
  void watch(int fd, EventSource& source);
  // Waits for events until `until_ns`; returns immediately for a time in the past.
  std::span<epoll_event> wait(std::int64_t until_ns);

  static constexpr std::int64_t retry_ns = 100'000'000;

 private:
  struct Target {
    LoadAddress address;
    TlsSession session;
    std::vector<LoadConnection*> idle;
    std::vector<LoadConnection*> down;
    std::vector<std::unique_ptr<Http2Link>> links;
    std::size_t size = 0;
    std::size_t connected = 0;
    std::size_t connecting = 0;
    bool failing = false;
    std::int64_t retry_at_ns = 0;
  };

  bool start(LoadConnection& connection, std::int64_t now);
  Opening opening_failed(LoadConnection& connection, std::int64_t now);
  void opened(LoadConnection& connection);
  void count_handshake(const NonblockingStream& stream, std::int64_t accepted_ns);
  void add_links(std::size_t streams);
  bool start_link(Http2Link& link, std::int64_t now);
  bool want_streams(std::size_t target, std::size_t count, std::int64_t now);
  void slot_opened(LoadConnection& slot);
  void link_opened(Http2Link& link);
  void move_surplus(Http2Link& link);
  bool tick_links(Target& target, std::int64_t now);
  void watch_link(Http2Link& link, bool writing);
  bool flush(Http2Link& link);
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
  const bool may_add_links_;
  std::size_t links_max_ = 0, open_links_ = 0, peak_links_ = 0;
  std::vector<Http2Link*> dirty_, flushing_;
  std::uint64_t reconnects_ = 0;
  std::int64_t connect_timeout_ns_;
  HandshakeCounts handshakes_;
  LoadConnection* oldest_ = nullptr;
  LoadConnection* newest_ = nullptr;
};

}  // namespace sagactl
