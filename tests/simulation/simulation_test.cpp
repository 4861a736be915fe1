#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "common/log.hpp"
#include "tests/simulation/simulated_cluster.hpp"

namespace sagactl::simulation {
namespace {

bool long_run() {
  return std::getenv("SAGACTL_LONG") != nullptr;
}

class Simulation : public ::testing::Test {
 protected:
  void SetUp() override {
    set_log_sink([](std::string_view) {});
  }
  void TearDown() override { set_log_sink(nullptr); }
};

// Runs one simulation and reports its violations, with the command line that reproduces them.
struct SimulationResult {
  int accepted = 0, crashes = 0, adopted = 0;
  std::uint64_t calls = 0;
  SimulatedCluster::Endings endings = {};
};
SimulationResult simulate(const SimulationOptions& options, const std::string& command) {
  SimulatedCluster cluster(options);
  cluster.run();
  const auto wrong = cluster.violations();
  for (const std::string& what : wrong) ADD_FAILURE() << what << "\nreproduce with: " << command;
  return {cluster.accepted(), cluster.crashes(), cluster.adopted(), cluster.port_calls(), cluster.endings()};
}

std::string command_for(std::uint64_t seed, std::uint64_t crash_at) {
  return fmt::format("SAGACTL_SEED={} SAGACTL_CRASH_AT={} build/dev/test_simulation --gtest_filter='*OneSeed*'", seed,
                     crash_at);
}

SimulationOptions crash_scenario(std::uint64_t crash_at) {
  SimulationOptions options;
  options.seed = 42;
  options.nodes = 2;
  options.orders = 16;
  options.products = 8;
  options.operator_share = 0.3;
  options.pause_share = 0;
  options.faults.gateway_silent = 0.2;
  options.all_systems = true;
  options.shop_confirms = crash_at > 0 && crash_at % 4 == 0;
  options.reservation_ttl = 2s;
  options.charge_checks = {500ms};  // a charge takes effect immediately or never
  options.crash_at = crash_at;
  return options;
}

// Every verdict is checked over each of these runs, with the clients' ledger: none may raise a false alarm.
TEST_F(Simulation, HoldsUnderEveryMixOfFaults) {
  const std::uint64_t first = 1, runs = long_run() ? 20'000 : 1'300;
  SimulationResult sum;
  for (std::uint64_t seed = first; seed < first + runs; ++seed) {
    const SimulationResult one = simulate(swarm(seed), command_for(seed, 0));
    sum.accepted += one.accepted;
    sum.crashes += one.crashes;
    sum.adopted += one.adopted;
    for (const auto& [what, count] : one.endings) sum.endings[what] += count;
    if (HasFatalFailure() || HasNonfatalFailure()) return;
  }
  std::printf("%llu runs, %d sagas, %d crashes, %d adoptions\n", static_cast<unsigned long long>(runs), sum.accepted,
              sum.crashes, sum.adopted);
  EXPECT_GT(sum.accepted, 0);
  EXPECT_GT(sum.crashes, 1000);
  EXPECT_GT(sum.adopted, 1000);
  for (const SagaDefinition& definition : definitions())
    for (const SagaStatus status : {SagaStatus::completed, SagaStatus::compensated}) {
      const int count = sum.endings[{std::string(definition.name), status}];
      EXPECT_GT(count, 100) << definition.name << " " << to_string(status);
    }
}

TEST_F(Simulation, HoldsWhenANodeCrashesBeforeOrAfterAnyOfItsPortCalls) {
  const SimulationResult clean = simulate(crash_scenario(0), "the scenario without a crash");
  ASSERT_GT(clean.calls, 100u);
  const std::uint64_t step = long_run() ? 1 : 1 + clean.calls / 1500;
  int crashed = 0;
  for (std::uint64_t point = 1; point <= clean.calls * 2; point += step) {
    crashed += simulate(crash_scenario(point), command_for(42, point)).crashes > 0;
    if (HasNonfatalFailure()) return;
  }
  EXPECT_GT(crashed, 100);
}

TEST_F(Simulation, TheSameSeedGivesTheSameRun) {
  for (const std::uint64_t seed : {3u, 17u}) {
    const SimulationResult a = simulate(swarm(seed), ""), b = simulate(swarm(seed), "");
    EXPECT_EQ(a.calls, b.calls);
    EXPECT_EQ(a.accepted, b.accepted);
  }
}

// Reproduces the seed that another test has reported.
TEST_F(Simulation, OneSeedOfYourChoice) {
  const char* seed = std::getenv("SAGACTL_SEED");
  const char* crash_at = std::getenv("SAGACTL_CRASH_AT");
  const std::uint64_t point = crash_at ? std::strtoull(crash_at, nullptr, 10) : 0;
  set_log_sink(nullptr);
  if (!seed) set_log_sink([](std::string_view) {});
  simulate(point ? crash_scenario(point) : swarm(seed ? std::strtoull(seed, nullptr, 10) : 1), "the same command");
}

}  // namespace
}  // namespace sagactl::simulation
