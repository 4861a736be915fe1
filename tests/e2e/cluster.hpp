// A cluster for one test: node processes over a PostgreSQL, a Redis and a Kafka of its own, with a network between them
// that can be told to misbehave.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "tests/e2e/process.hpp"
#include "tests/services/kafka_server.hpp"
#include "tests/services/postgres_server.hpp"
#include "tests/services/redis_server.hpp"
#include "tests/services/tcp_proxy.hpp"

namespace sagactl {

class Cluster {
 public:
  // What a node runs over, each reached through its network. PostgreSQL is always there.
  struct Parts {
    bool redis = false;
    bool kafka = false;
  };

  // Whether what the parts need is installed.
  static bool is_possible(const Parts& parts);

  explicit Cluster(const Parts& parts, std::vector<std::string> flags = {});

  // A node with a free port, a data directory and an id of its own; it accepts requests when this returns.
  Served& add_node(const std::string& id, const std::vector<std::string>& more_flags = {});
  void end_node(const std::string& id, int signal);

  // A command of sagactl over all nodes, in the data directory of the first.
  Ended run(std::vector<std::string> arguments) const;
  // A load test over all nodes that goes on while the test does something else.
  std::unique_ptr<Process> load(std::vector<std::string> arguments) const;
  std::string urls() const;
  Json get(const std::string& id, const std::string& path) const;  // null when nothing answers
  // The value of a metric without labels at a node; none when it is not there.
  std::optional<double> metric(const std::string& id, const std::string& name) const;

  Site site;
  std::unique_ptr<PostgresServer> postgres;
  std::unique_ptr<RedisServer> redis;
  std::unique_ptr<KafkaServer> kafka;
  std::unique_ptr<TcpProxy> network_to_postgres, network_to_redis, network_to_kafka;

 private:
  struct Node {
    std::string id;
    std::unique_ptr<Served> served;
  };
  Served& node(const std::string& id) const;

  std::vector<std::string> flags_;
  std::vector<Node> nodes_;
};

// Waits until `reached`, for a minute at most.
bool eventually(const std::function<bool()>& reached);

}  // namespace sagactl

// First in a test: a visible skip where a service is not installed, a failure in CI.
#define NEEDS_CLUSTER(...)                                                                          \
  if (!sagactl::Cluster::is_possible(sagactl::Cluster::Parts{__VA_ARGS__})) {                       \
    if (std::getenv("CI")) FAIL() << "a service is not installed: tools/deps --services";           \
    GTEST_SKIP() << "a service is not installed: tools/deps --services, tools/services start";      \
  }                                                                                                 \
  static_assert(true)
