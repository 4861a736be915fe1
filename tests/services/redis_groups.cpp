#include "tests/services/redis_groups.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <thread>

#include "common/id.hpp"
#include "common/result.hpp"
#include "tests/services/loopback.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

constexpr int slots = 16384;
constexpr const char* redis_program = "/usr/bin/redis-server";

void wait_until(const char* what, const std::function<bool()>& is_so) {
  if (!eventually(is_so, std::chrono::milliseconds(20))) crash(what);
}

pid_t start_sentinel(const std::string& file) {
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  const int null_device = ::open("/dev/null", O_RDWR);
  ::dup2(null_device, 1);
  ::dup2(null_device, 2);
  ::execl(redis_program, redis_program, file.c_str(), "--sentinel", nullptr);
  ::_exit(127);
}

std::vector<std::string> of_a_cluster(const std::string& file) {
  return {"--cluster-enabled",      "yes",  "--cluster-config-file", file,
          "--cluster-node-timeout", "2000", "--cluster-port",        std::to_string(free_port())};
}

}  // namespace

ScratchFolder::ScratchFolder()
    : path_(std::filesystem::temp_directory_path() / ("sagactl-redis-" + new_uuid().text())) {
  std::filesystem::create_directories(path_);
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

RedisSentinels::RedisSentinels()
    : first_(std::make_unique<RedisServer>(std::vector<std::string>{"--repl-diskless-sync-delay", "0"})) {
  second_ = std::make_unique<RedisServer>(std::vector<std::string>{
      "--replicaof", "127.0.0.1 " + std::to_string(first_->port()), "--dir", folder_.file("")});
  // Sentinels learn of replicas from the master when they begin to watch it.
  wait_until("a replica does not find its master", [&] {
    return second_->run({"INFO", "replication"}).find("master_link_status:up") != std::string::npos;
  });
  for (int i = 0; i < 3; ++i) {
    ports_.push_back(free_port());
    const std::string file = folder_.file("sentinel-" + std::to_string(i));
    std::ofstream(file) << "port " << ports_.back()
                        << "\nbind 127.0.0.1\nprotected-mode no\nsentinel monitor main 127.0.0.1 " << first_->port()
                        << " 2\nsentinel down-after-milliseconds main 500\nsentinel failover-timeout main 4000\n";
    processes_.push_back(start_sentinel(file));
  }
  for (const std::uint16_t port : ports_)
    wait_until("the sentinels do not find each other", [&] {
      const std::string seen = RedisServer::run_at(port, {"SENTINEL", "CKQUORUM", "main"});
      const std::string all = RedisServer::run_at(port, {"INFO", "sentinel"});
      return seen.starts_with("OK") && all.find("slaves=1,sentinels=3") != std::string::npos;
    });
}

RedisSentinels::~RedisSentinels() {
  for (std::size_t i = 0; i < processes_.size(); ++i) kill(i);
}

void RedisSentinels::kill(std::size_t sentinel) {
  pid_t& process = processes_[sentinel];
  if (process < 0) return;
  ::kill(process, SIGKILL);
  ::waitpid(process, nullptr, 0);
  process = -1;
}

RedisCluster::RedisCluster() {
  std::vector<std::string> addresses;
  for (std::size_t i = 0; i < size; ++i) {
    const std::vector<std::string> settings = of_a_cluster(folder_.file("node-" + std::to_string(i)));
    nodes_.push_back(std::make_unique<RedisServer>(settings));
    const int from = static_cast<int>(i) * slots / static_cast<int>(size);
    const int to = static_cast<int>(i + 1) * slots / static_cast<int>(size) - 1;
    nodes_[i]->run({"CLUSTER", "SET-CONFIG-EPOCH", std::to_string(i + 1)});
    nodes_[i]->run({"CLUSTER", "ADDSLOTSRANGE", std::to_string(from), std::to_string(to)});
    if (i > 0) nodes_[i]->run({"CLUSTER", "MEET", "127.0.0.1", std::to_string(nodes_[0]->port()), addresses[0]});
    addresses.push_back(settings.back());
  }
  for (const auto& node : nodes_)
    wait_until("a cluster does not come together", [&] {
      const std::string info = node->run({"CLUSTER", "INFO"});
      return info.find("cluster_state:ok") != std::string::npos &&
             info.find("cluster_known_nodes:3") != std::string::npos;
    });
}

void RedisCluster::move(int slot, std::size_t to) {
  const std::string id = nodes_[to]->run({"CLUSTER", "MYID"});
  const std::vector<std::string> command = {"CLUSTER", "SETSLOT", std::to_string(slot), "NODE", id};
  nodes_[to]->run(command);
  for (const auto& node : nodes_)
    wait_until("a slot cannot be moved", [&] {  // a node that holds keys of it refuses
      if (node != nodes_[to]) node->run({"FLUSHALL"});
      return node->run(command) == "OK";
    });
}

}  // namespace sagactl
