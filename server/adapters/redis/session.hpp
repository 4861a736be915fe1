// A connection that is made again whenever it is lost: after a delay that grows up to a bound, and is different for
// every client, so that a Redis that comes back is not met by all at once.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/random.hpp"
#include "server/adapters/redis/connection.hpp"
#include "server/adapters/redis/redis_address.hpp"

namespace sagactl::redis {

struct Timing {
  Duration answer;  // a command that has no answer by then never will
  Duration retry_min, retry_max;
};

class Session final : public Loop::Socket {
 public:
  struct Hooks {
    // On a new connection that has said its password and chosen its database; calls greeted() when it can be used.
    std::function<void()> greet;
    std::function<void()> up;
    // The connection is gone, or none could be made. All that waited for answers has been told.
    std::function<void(const Error&)> down;
  };

  // `loop` outlives it and is not left waiting by it, but for the look-up of a name.
  Session(Loop& loop, Timing timing, std::uint64_t seed, Hooks hooks);

  void start(RedisAddress address);  // at once; again and again until stop()
  void stop();                       // `down` is not called
  void greeted();
  void drop(Error why);

  bool up() const { return up_; }
  void send(const Command& command, OnReply on_reply);
  Connection* connection() { return connection_.get(); }

  int fd() const override { return connection_ ? connection_->fd() : -1; }
  short interest() const override { return connection_ ? connection_->interest() : short{0}; }
  std::optional<Loop::Time> deadline() const override;
  void ready(short events) override;
  void expire(Loop::Time now) override;

 private:
  void connect();
  void introduce();
  OnReply expecting_ok(ErrorCode refused, std::string advice);
  void let_go();
  void end_if_failed();

  Loop& loop_;
  const Timing timing_;
  Random random_;
  const Hooks hooks_;
  RedisAddress address_;
  std::unique_ptr<Connection> connection_;
  std::optional<Error> dropped_;  // to be acted on outside of the connection's own calls
  Duration retry_;
  bool up_ = false;
  std::uint64_t life_ = 0;  // of start(): a timer of an earlier one does nothing
};

}  // namespace sagactl::redis
