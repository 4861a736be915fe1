// A cluster for one test: node processes with their own PostgreSQL, Redis and Kafka, connected through proxies that can
// simulate network failures.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "tests/e2e/process.hpp"
#include "tests/services/kafka_server.hpp"
#include "tests/services/needs.hpp"
#include "tests/services/postgres_server.hpp"
#include "tests/services/redis_server.hpp"
#include "tests/services/tcp_proxy.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {

class Cluster {
 public:
  // The services of the nodes, each reached through a proxy. PostgreSQL is always included.
  struct Parts {
    bool redis = false;
    bool kafka = false;
  };

  // Whether the services are installed.
  static bool is_possible(const Parts& parts);

  explicit Cluster(const Parts& parts, std::vector<std::string> flags = {});

  // Starts a node with its own id, port and data directory; it accepts requests when this returns.
  ServeProcess& add_node(const std::string& id, const std::vector<std::string>& more_flags = {});
  void end_node(const std::string& id, int signal);

  // Runs a command of sagactl for all nodes, with the data directory of the first.
  ProcessResult run(std::vector<std::string> arguments) const;
  // Starts a load test of all nodes in the background.
  std::unique_ptr<Process> load(std::vector<std::string> arguments) const;
  std::string urls() const;
  Json get(const std::string& id, const std::string& path) const;  // null when the node does not answer
  // The value of a metric of a node, by its name and labels; none when it is missing.
  std::optional<double> metric(const std::string& id, const std::string& name) const;

  TestDirectory site;
  std::unique_ptr<PostgresServer> postgres;
  std::unique_ptr<RedisServer> redis;
  std::unique_ptr<KafkaServer> kafka;
  std::unique_ptr<TcpProxy> network_to_postgres, network_to_redis, network_to_kafka;

 private:
  struct Node {
    std::string id;
    std::unique_ptr<ServeProcess> served;
  };
  ServeProcess& node(const std::string& id) const;

  std::vector<std::string> flags_;
  std::vector<Node> nodes_;
};

}  // namespace sagactl

#define NEEDS_CLUSTER(...) \
  SAGACTL_NEEDS_PROGRAM(sagactl::Cluster::is_possible(sagactl::Cluster::Parts{__VA_ARGS__}), "a service")
