// A connection that reconnects whenever it is lost: after a delay that grows up to a bound and is partly random, so
// that the clients of a Redis that comes back do not connect all at once. It asks sentinels for the master, and follows
// a cluster to the node that has the locks.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/random.hpp"
#include "server/adapters/redis/redis_address.hpp"
#include "server/adapters/redis/redis_connection.hpp"
#include "server/adapters/redis/redis_route.hpp"

namespace sagactl::redis {

struct SessionTiming {
  Duration reply_timeout;  // of a command; after it the connection is dropped
  Duration retry_min, retry_max;
};

class RedisSession final : public EventLoop::Socket {
 public:
  struct Hooks {
    // A new connection, with AUTH and SELECT sent. Calls mark_up() when it can be used.
    std::function<void()> on_connected;
    std::function<void()> on_up;
    // The connection was lost, or could not be opened. The callbacks of all pending commands have been called.
    std::function<void(const Error&)> on_down;
  };

  // `loop` outlives it. Nothing here blocks the loop's thread, except resolving a host name.
  RedisSession(EventLoop& loop, SessionTiming timing, std::uint64_t seed, Hooks hooks);

  // Connects, and reconnects until stop(). With an endpoint it is only ever that one.
  void start(RedisAddress address, std::optional<RedisEndpoint> only = {});
  void stop();  // without on_down
  void mark_up();
  void drop(Error why);  // disconnects soon, and reconnects
  // The same, for an error that Redis replied: to the node that it names, when it is one of a cluster.
  void drop_for(const redisReply& error);

  bool up() const { return up_; }
  void send(const Command& command, OnReply on_reply);
  RedisConnection* connection() { return connection_.get(); }

  int fd() const override { return connection_ ? connection_->fd() : -1; }
  short interest() const override { return connection_ ? connection_->interest() : short{0}; }
  std::optional<EventLoop::Time> deadline() const override;
  void ready(short events) override;
  void expire(EventLoop::Time now) override;

 private:
  void connect();
  void ask_for_master();
  void authenticate(const std::string& user, const std::string& password);
  void select();
  OnReply expecting_ok(ErrorCode refused, std::string advice);
  void disconnect();
  void end_if_failed();
  void retry_later(const Error& why);

  EventLoop& loop_;
  const SessionTiming timing_;
  Random random_;
  const Hooks hooks_;
  RedisRoute route_{RedisAddress{}};
  std::string server_name_;  // in the certificate; empty: the host that the route names
  TlsContext tls_;
  std::unique_ptr<RedisConnection> connection_;
  std::optional<Error> dropped_;  // carried out after the connection's own calls
  bool goes_on_ = false;          // the drop leads to another server, and is no failure
  Duration retry_;
  bool up_ = false;
  std::uint64_t start_ = 0;  // counts start() and stop(): the timer of an earlier one does nothing
};

}  // namespace sagactl::redis
