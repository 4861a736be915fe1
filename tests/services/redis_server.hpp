// A Redis for one test, which may be stopped, frozen and wiped; on a free port of the loopback address.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/services/needs.hpp"

namespace sagactl {

class RedisServer {
 public:
  // With additional arguments of redis-server, such as {"--requirepass", "x"}. Returns when it answers.
  explicit RedisServer(std::vector<std::string> arguments = {});
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;

  static bool is_installed();

  std::uint16_t port() const { return port_; }
  std::string url() const;
  void start();         // on the same port, without data: it persists nothing
  void kill();          // as kill -9
  void freeze() const;  // SIGSTOP
  void resume() const;  // SIGCONT
  // Runs one command on a connection of its own: its reply as text; "" when there is none.
  std::string run(const std::vector<std::string>& command) const { return run_at(port_, command); }
  // The same at any server on this machine.
  static std::string run_at(std::uint16_t port, const std::vector<std::string>& command);

 private:
  const std::vector<std::string> arguments_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace sagactl

#define NEEDS_REDIS_SERVER() SAGACTL_NEEDS_PROGRAM(sagactl::RedisServer::is_installed(), "redis-server")
