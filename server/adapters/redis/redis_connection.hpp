// One non-blocking connection to Redis, plain or over TLS: commands are pipelined, and replies come in their order.
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
#include "server/adapters/redis/redis_socket.hpp"
#include "server/adapters/redis/tls_stream.hpp"

struct redisReader;
struct redisReply;

namespace sagactl::redis {

using Command = std::vector<std::string>;
// Null: the connection was lost first, and whether Redis ran the command is unknown.
using OnReply = std::function<void(const redisReply*)>;

class RedisConnection {
 public:
  // Starts to connect, over TLS when there is a context; commands may be sent at once. Each must have its reply within
  // `timeout` of being sent, and a second later while TLS is negotiated. A host name is resolved on this thread.
  RedisConnection(const RedisEndpoint& endpoint, const TlsContext& tls, Duration timeout);
  // Calls no callback of pending commands: see take_pending().
  ~RedisConnection();
  RedisConnection(const RedisConnection&) = delete;

  void send(const Command& command, OnReply on_reply);
  void on_push(std::function<void(const redisReply&)> push) { push_ = std::move(push); }

  const std::string& failure() const { return failure_; }  // empty: none
  // The failure is one of certificates: no attempt will succeed until they are changed.
  bool failed_for_good() const { return failed_for_good_; }
  void fail(std::string why);
  std::vector<OnReply> take_pending();

  int fd() const;
  short interest() const;
  std::optional<EventLoop::Time> deadline() const;
  void ready(short events);
  void expire(EventLoop::Time now);

  std::size_t pending() const { return pending_.size(); }
  Duration last_latency() const { return last_latency_; }  // of the latest reply
  const RedisEndpoint& endpoint() const { return endpoint_; }
  std::string peer() const { return socket_.peer(); }  // its numeric address; "" of a Unix socket

 private:
  struct PendingReply {
    OnReply on_reply;
    EventLoop::Time sent;
  };

  void write();
  void read();
  void take_output();
  void take_replies(std::string_view bytes);

  struct Free {
    void operator()(redisReader* reader) const;
  };
  const RedisEndpoint endpoint_;
  RedisSocket socket_;
  std::unique_ptr<TlsStream> tls_;  // null: none
  std::unique_ptr<redisReader, Free> reader_;
  const Duration timeout_;
  std::deque<PendingReply> pending_;
  std::function<void(const redisReply&)> push_;
  std::string output_;
  std::string failure_;
  bool failed_for_good_ = false, has_replied_ = false;
  Duration last_latency_{};
};

}  // namespace sagactl::redis
