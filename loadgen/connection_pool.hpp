// The connections of one worker: made ahead, kept alive, made again when they break, spread over the targets.
#pragma once

#include <sys/epoll.h>
#include <sys/socket.h>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "loadgen/answer_reader.hpp"
#include "loadgen/entry_log.hpp"
#include "loadgen/ledger.hpp"
#include "loadgen/schedule.hpp"

namespace sagactl {

// This machine's steady clock, in nanoseconds: the load generator's only time.
std::int64_t steady_ns();

struct LoadAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

struct LoadConnection {
  enum class State : std::uint8_t {
    down,        // no socket; made again by the pool's tick
    connecting,  // since `since_ns`
    idle,        // connected and free
    busy,        // a request is being sent or answered, since `since_ns`
  };
  State state = State::down;
  bool fresh = true;  // no request has gone over it
  std::uint16_t target = 0;
  int fd = -1;
  std::int64_t since_ns = 0;

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
  bool has_idle(std::size_t target) const { return !targets_[target].idle.empty(); }
  std::uint64_t reconnects() const { return reconnects_; }
  bool is_local() const { return local_; }  // a target is on this machine

  // An idle connection to `target`, which must have one, becomes busy.
  LoadConnection& take(std::size_t target, std::int64_t now);
  // A busy one whose answer was whole becomes idle.
  void give_back(LoadConnection& connection);
  // The socket is done for. It is made again at once, or, when it broke before it was of any use, by a later
  // tick.
  void drop(LoadConnection& connection, std::int64_t now);
  // Tells the kernel to say when a busy connection can be written to, or only when it can be read.
  void watch_writing(LoadConnection& connection, bool writing);

  // A connecting one that has an event: true when it is idle now, false when it failed and is down.
  bool finish_connecting(LoadConnection& connection, std::int64_t now);

  // Starts what is down and due: for a target without any connection one attempt every retry_ns, else all.
  // Calls `failed(target)` for attempts that failed at once or took too long.
  template <class Failed>
  void tick(std::int64_t now, Failed failed) {
    for (std::size_t target = 0; target < targets_.size(); ++target) {
      if (tick_target(target, now)) failed(target);
    }
  }
  bool is_whole_to(std::size_t target) const {
    return targets_[target].down.empty() && targets_[target].connecting == 0;
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
    std::size_t connected = 0;
    std::size_t connecting = 0;
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
  std::uint64_t reconnects_ = 0;
  std::int64_t connect_timeout_ns_;
  LoadConnection* oldest_ = nullptr;
  LoadConnection* newest_ = nullptr;
  bool local_ = false;
};

}  // namespace sagactl
