// Several Redis servers of a test's own that belong together: watched by sentinels, or as a cluster.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/services/redis_server.hpp"

namespace sagactl {

// A folder for their files, removed with it.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// A master, its replica, and three sentinels that watch them under the name main.
class RedisSentinels {
 public:
  RedisSentinels();  // returns when a failover is possible
  ~RedisSentinels();
  RedisSentinels(const RedisSentinels&) = delete;

  RedisServer& first() { return *first_; }    // the master at the beginning
  RedisServer& second() { return *second_; }  // its replica
  const std::vector<std::uint16_t>& ports() const { return ports_; }
  void kill(std::size_t sentinel);

 private:
  ScratchFolder folder_;
  std::unique_ptr<RedisServer> first_, second_;
  std::vector<std::uint16_t> ports_;
  std::vector<pid_t> processes_;
};

// Three masters without replicas that share the slots evenly.
class RedisCluster {
 public:
  static constexpr std::size_t size = 3;
  RedisCluster();  // returns when it accepts commands

  RedisServer& node(std::size_t index) { return *nodes_[index]; }
  // Gives a slot to another node, without its keys, and has all know it.
  void move(int slot, std::size_t to);

 private:
  ScratchFolder folder_;
  std::vector<std::unique_ptr<RedisServer>> nodes_;
};

}  // namespace sagactl
