// The connections of one worker: made when a request finds none free, kept alive, spread over the targets.
#pragma once

#include <sys/epoll.h>
#include <sys/socket.h>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "loadgen/sending/answer_reader.hpp"
#include "loadgen/ledger/entry_log.hpp"
#include "loadgen/ledger/ledger.hpp"
#include "loadgen/schedule/schedule.hpp"

namespace sagactl {

// This machine's steady clock, in nanoseconds: the load generator's only time.
std::int64_t steady_ns();

struct LoadAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  // Which of the load test's hosts it belongs to: what cannot be sent to one address of a host goes to another of it.
  std::uint16_t host = 0;
};
// Whether it is an address of this machine. Nothing is sent.
bool is_on_this_machine(const LoadAddress& address);

struct LoadConnection {
  enum class State : std::uint8_t {
    down,        // no socket
    connecting,  // since `since_ns`
    idle,        // connected and free
    busy,        // a request is being sent or answered, since `since_ns`
  };
  State state = State::down;
  bool fresh = true;  // no request has gone over it
  bool kept = false;  // a request has been answered on it
  std::uint16_t target = 0;
  int fd = -1;
  std::int64_t since_ns = 0;
  std::int64_t expires_ns = INT64_MAX;  // idle: the server closes it then, as it has said

  // The request in hand.
  LedgerEntry entry;
  RequestTimes times;
  std::vector<char> out;
  std::size_t out_size = 0, out_done = 0;
  AnswerReader answer;

  LoadConnection* older = nullptr;  // neighbours among the busy ones, by `since_ns`
  LoadConnection* newer = nullptr;
};

// For one thread. Level-triggered epoll: an event stands until it is dealt with.
class ConnectionPool {
 public:
  // `first_target`: that of the first connection; the others follow in turn.
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
  std::size_t size_to(std::size_t target) const { return targets_[target].size; }  // also those that are down
  bool is_failing(std::size_t target) const { return targets_[target].failing; }   // the last attempt to connect failed
  bool has_idle(std::size_t target) const { return !targets_[target].idle.empty(); }
  std::uint64_t reconnects() const { return reconnects_; }
  std::size_t connected_most() const { return connected_most_; }  // at once
  // Whether connections may yet become idle: one is busy or being made, or could be.
  bool more_may_come() const;

  // An idle connection to `target`, which must have one, becomes busy.
  LoadConnection& take(std::size_t target, std::int64_t now);
  // A busy one whose answer was whole becomes idle.
  void give_back(LoadConnection& connection);
  // The socket is done for. One that broke before it was of any use lets the next attempt wait for retry_ns.
  void drop(LoadConnection& connection, std::int64_t now);
  // Tells the kernel to say when a busy connection can be written to, or only when it can be read.
  void watch_writing(LoadConnection& connection, bool writing);

  // A connecting one that has an event: true when it is idle now, false when it failed and is down.
  bool finish_connecting(LoadConnection& connection, std::int64_t now);

  // So many connections to a target are to be in the making, as far as there are so many: after a failure one at a
  // time, and none for retry_ns. False when an attempt failed at once.
  bool want(std::size_t target, std::size_t count, std::int64_t now);
  // Closes idle ones that the server is about to close.
  void drop_expired(std::size_t target, std::int64_t now);

  // Calls `failed(target)` for attempts that took too long.
  template <class Failed>
  void tick(std::int64_t now, Failed failed) {
    for (std::size_t target = 0; target < targets_.size(); ++target) {
      if (tick_target(target, now)) failed(target);
    }
  }
  LoadConnection* oldest_busy() const { return oldest_; }

  // Waits for events until `until_ns` at the latest; not at all for a time that has passed.
  std::span<epoll_event> wait(std::int64_t until_ns);

  static constexpr std::int64_t retry_ns = 100'000'000;

 private:
  struct Target {
    LoadAddress address;
    std::vector<LoadConnection*> idle;
    std::vector<LoadConnection*> down;
    std::size_t size = 0;
    std::size_t connected = 0;
    std::size_t connecting = 0;
    bool failing = false;
    std::int64_t retry_at_ns = 0;
  };

  bool start(LoadConnection& connection, std::int64_t now);
  void close_socket(LoadConnection& connection);
  void put_down(LoadConnection& connection, std::int64_t retry_at_ns);
  void become_idle(LoadConnection& connection);
  void unlink(LoadConnection& connection);
  bool tick_target(std::size_t target, std::int64_t now);

  int epoll_ = -1;
  std::vector<Target> targets_;
  std::vector<std::unique_ptr<LoadConnection>> connections_;
  std::vector<epoll_event> events_;
  std::size_t idle_count_ = 0;
  std::size_t connected_count_ = 0;
  std::size_t connected_most_ = 0;
  std::uint64_t reconnects_ = 0;
  std::int64_t connect_timeout_ns_;
  LoadConnection* oldest_ = nullptr;
  LoadConnection* newest_ = nullptr;
};

}  // namespace sagactl
