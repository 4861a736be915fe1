#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "common/log.hpp"
#include "tests/simulation/lra_cluster.hpp"

namespace sagactl::simulation {
namespace {

class LraSimulation : public ::testing::Test {
 protected:
  void SetUp() override {
    set_log_sink([](std::string_view) {});
  }
  void TearDown() override { set_log_sink(nullptr); }
};

std::map<LraStatus, int> expect_no_violation(std::uint64_t seed) {
  LraCluster cluster(lra_swarm(seed));
  cluster.run();
  for (const std::string& what : cluster.violations())
    ADD_FAILURE() << what << "\nreproduce with: SAGACTL_SEED=" << seed
                  << " build/dev/test_simulation --gtest_filter='LraSimulation.OneSeed'";
  return cluster.endings();
}

TEST_F(LraSimulation, EveryParticipantOfAClosedLraCompletesAndOfACancelledOneCompensates) {
  const std::uint64_t seeds = std::getenv("SAGACTL_LONG") ? 2'000 : 60;
  std::map<LraStatus, int> endings;
  for (std::uint64_t seed = 1; seed <= seeds && !HasFailure(); ++seed)
    for (const auto& [status, count] : expect_no_violation(seed)) endings[status] += count;
  EXPECT_GT(endings[LraStatus::closed], 100);
  EXPECT_GT(endings[LraStatus::cancelled], 100);
}

TEST_F(LraSimulation, OneSeed) {
  const char* seed = std::getenv("SAGACTL_SEED");
  if (!seed) GTEST_SKIP() << "SAGACTL_SEED names it";
  expect_no_violation(std::strtoull(seed, nullptr, 10));
}

}  // namespace
}  // namespace sagactl::simulation
