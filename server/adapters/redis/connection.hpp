// One connection to Redis that never waits: commands are pipelined, and answered in their order.
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
#include "server/adapters/redis/loop.hpp"

struct redisContext;
struct redisReply;

namespace sagactl::redis {

using Command = std::vector<std::string>;
// Null: the connection was lost first, and what Redis did is not known.
using OnReply = std::function<void(const redisReply*)>;

class Connection {
 public:
  // Begins to connect; commands may be sent at once. Each must be answered within `timeout` of being sent. A name
  // is looked up on this thread.
  Connection(const std::string& host, std::uint16_t port, Duration timeout);
  // Whoever still waits for an answer is forgotten: see take_waiting().
  ~Connection();
  Connection(const Connection&) = delete;

  void send(const Command& command, OnReply on_reply);
  void on_push(std::function<void(const redisReply&)> push) { push_ = std::move(push); }

  const std::string& failure() const { return failure_; }  // empty: none
  void fail(std::string why);
  std::vector<OnReply> take_waiting();

  int fd() const;
  short interest() const;
  std::optional<Loop::Time> deadline() const;
  void ready(short events);
  void expire(Loop::Time now);

  std::size_t waiting() const { return waiting_.size(); }
  Duration last_answer_took() const { return last_answer_took_; }
  std::string peer() const;  // its address in digits

 private:
  struct Waiting {
    OnReply on_reply;
    Loop::Time sent;
  };

  void write();
  void read();
  void take_replies();

  struct Free {
    void operator()(redisContext* context) const;
  };
  std::unique_ptr<redisContext, Free> context_;
  const Duration timeout_;
  std::deque<Waiting> waiting_;
  std::function<void(const redisReply&)> push_;
  bool has_output_ = false;
  std::string failure_;
  Duration last_answer_took_{};
};

}  // namespace sagactl::redis
