// One non-blocking connection to Redis: commands are pipelined, and replies come in their order.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/time.hpp"
#include "server/adapters/redis/event_loop.hpp"

struct redisContext;
struct redisReply;

namespace sagactl::redis {

using Command = std::vector<std::string>;
// Null: the connection was lost first, and whether Redis ran the command is unknown.
using OnReply = std::function<void(const redisReply*)>;

class RedisConnection {
 public:
  // Starts to connect; commands may be sent at once. Each must have its reply within `timeout` of being sent. A host
  // name is resolved on this thread.
  RedisConnection(const std::string& host, std::uint16_t port, Duration timeout);
  // Calls no callback of pending commands: see take_pending().
  ~RedisConnection();
  RedisConnection(const RedisConnection&) = delete;

  void send(const Command& command, OnReply on_reply);
  void on_push(std::function<void(const redisReply&)> push) { push_ = std::move(push); }

  const std::string& failure() const { return failure_; }  // empty: none
  void fail(std::string why);
  std::vector<OnReply> take_pending();

  int fd() const;
  short interest() const;
  std::optional<EventLoop::Time> deadline() const;
  void ready(short events);
  void expire(EventLoop::Time now);

  std::size_t pending() const { return pending_.size(); }
  Duration last_latency() const { return last_latency_; }  // of the latest reply
  std::string peer() const;                                // its numeric address

 private:
  struct PendingReply {
    OnReply on_reply;
    EventLoop::Time sent;
  };

  void write();
  void read();
  void take_replies();

  struct Free {
    void operator()(redisContext* context) const;
  };
  std::unique_ptr<redisContext, Free> context_;
  const Duration timeout_;
  std::deque<PendingReply> pending_;
  std::function<void(const redisReply&)> push_;
  bool has_output_ = false;
  std::string failure_;
  Duration last_latency_{};
};

}  // namespace sagactl::redis
