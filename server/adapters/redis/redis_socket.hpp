// A socket that is connecting, or connected: to the addresses of a host one after the other, or to a Unix socket.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/adapters/redis/redis_route.hpp"

namespace sagactl::redis {

// Never waits, except for the system's resolver in the constructor.
class RedisSocket {
 public:
  explicit RedisSocket(const RedisEndpoint& endpoint);
  ~RedisSocket();
  RedisSocket(const RedisSocket&) = delete;

  int fd() const { return fd_; }
  bool is_connected() const { return connected_; }
  const std::string& failure() const { return failure_; }  // empty: none
  std::string peer() const;                                // its numeric address; "" of a Unix socket

  void ready();                     // while it connects: poll() reported something
  void send(std::string& bytes);    // removes what was sent
  void receive(std::string& into);  // appends what is there

 private:
  struct Target;
  void try_next();
  void fail_with(int error);

  std::vector<Target> targets_;
  std::size_t next_ = 0;
  int fd_ = -1;
  bool connected_ = false;
  std::string failure_;
};

}  // namespace sagactl::redis
