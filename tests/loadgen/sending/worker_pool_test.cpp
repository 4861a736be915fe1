#include <gtest/gtest.h>

#include "loadgen/sending/worker_pool.hpp"

namespace sagactl {
namespace {

struct PoolRow {
  const char* what;
  std::size_t targets;
  std::optional<double> rate;
  std::optional<std::uint32_t> concurrency;
  std::uint32_t connections, workers, cores;
  ScenarioKind scenario;
  WorkerPoolSize size;
};

TEST(WorkerPoolSize, IsTheTableOfLoadsAndMachines) {
  const auto individual = ScenarioKind::individual;
  const auto duplicate = ScenarioKind::duplicate;
  const PoolRow rows[] = {
      {"closed by default", 1, {}, {}, 0, 0, 2, individual, {1, 16, 16}},
      {"each target could have all of a closed loop", 3, {}, 8, 0, 0, 2, individual, {1, 24, 8}},
      {"a large closed loop", 3, {}, 2000, 0, 0, 8, individual, {4, 2000, 2000}},
      {"one in flight still needs a connection per target", 3, {}, 1, 0, 0, 8, individual, {1, 3, 1}},
      {"a worker for each slot at most", 1, {}, 2, 0, 0, 16, individual, {2, 2, 2}},
      {"a slow open loop", 1, 10.0, {}, 0, 0, 2, individual, {1, 32, 0}},
      {"a slow open loop of a large machine", 1, 1000.0, {}, 0, 0, 64, individual, {1, 100, 0}},
      {"a tenth of a second of an open loop", 1, 5000.0, {}, 0, 0, 4, individual, {2, 500, 0}},
      {"a fast open loop", 1, 1e6, {}, 0, 0, 64, individual, {8, 1024, 0}},
      {"as many connections as asked for", 1, 1000.0, {}, 4, 0, 2, individual, {1, 4, 0}},
      {"as many workers as asked for", 1, 1000.0, {}, 0, 3, 2, individual, {3, 100, 0}},
      {"a worker needs a group's connections", 1, 1000.0, {}, 9, 4, 8, duplicate, {1, 9, 0}},
      {"a group's connections at least", 1, {}, 1, 0, 0, 8, duplicate, {1, 5, 1}},
  };
  for (const PoolRow& row : rows) {
    LoadOptions options;
    options.scenario = row.scenario;
    options.targets.assign(row.targets, "http://a");
    options.rate = row.rate;
    options.concurrency = row.concurrency;
    options.connections = row.connections;
    options.workers = row.workers;
    options.duration = 1s;
    const WorkerPoolSize size = size_worker_pool(options, plan_phases(options), row.cores);
    EXPECT_EQ(size.workers, row.size.workers) << row.what;
    EXPECT_EQ(size.connections, row.size.connections) << row.what;
    EXPECT_EQ(size.slots, row.size.slots) << row.what;
  }
}

}  // namespace
}  // namespace sagactl
