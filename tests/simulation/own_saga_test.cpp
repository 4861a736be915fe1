#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "common/log.hpp"
#include "tests/simulation/own_saga_cluster.hpp"

namespace sagactl::simulation {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

bool long_run() {
  return std::getenv("SAGACTL_LONG") != nullptr;
}

class OwnSagaSimulation : public ::testing::Test {
 protected:
  void SetUp() override {
    set_log_sink([](std::string_view) {});
  }
  void TearDown() override { set_log_sink(nullptr); }
};

struct OwnSagaResult {
  int sagas = 0, crashes = 0, late_undos = 0;
  std::uint64_t port_calls = 0;
  std::size_t calls = 0;
  std::map<SagaStatus, int> endings = {};
};

OwnSagaResult simulate(const OwnSagaOptions& options, const std::string& command) {
  OwnSagaCluster cluster(options);
  cluster.run();
  for (const std::string& what : cluster.violations()) ADD_FAILURE() << what << "\nreproduce with: " << command;
  return {cluster.accepted(),   cluster.crashes(), cluster.late_undos(),
          cluster.port_calls(), cluster.calls(),   cluster.endings()};
}

std::string command_for(std::uint64_t seed, std::uint64_t crash_at) {
  return fmt::format("SAGACTL_SEED={} SAGACTL_CRASH_AT={} build/dev/test_simulation --gtest_filter='OwnSaga*OneSeed*'",
                     seed, crash_at);
}

OwnSagaOptions crash_scenario(std::uint64_t crash_at) {
  OwnSagaOptions options;
  options.seed = 11;
  options.definitions = 4;
  options.sagas = 8;
  options.operator_share = 0.4;
  options.participants.unavailable = options.participants.answer_lost = 0.1;
  options.participants.accepts = 0.2;
  options.participants.refuses = 0.1;
  options.crash_at = crash_at;
  return options;
}

TEST_F(OwnSagaSimulation, HoldsForAnyDefinitionUnderEveryMixOfFaults) {
  const std::uint64_t runs = long_run() ? 29'000 : 120;  // of 35 sagas on average
  OwnSagaResult sum;
  for (std::uint64_t seed = 1; seed <= runs; ++seed) {
    const OwnSagaResult one = simulate(own_saga_swarm(seed), command_for(seed, 0));
    sum.sagas += one.sagas;
    sum.crashes += one.crashes;
    sum.late_undos += one.late_undos;
    sum.calls += one.calls;
    for (const auto& [status, count] : one.endings) sum.endings[status] += count;
    if (HasNonfatalFailure()) return;
  }
  std::printf("%llu runs, %d sagas, %zu calls, %d crashes, %d late undos\n", static_cast<unsigned long long>(runs),
              sum.sagas, sum.calls, sum.crashes, sum.late_undos);
  EXPECT_GT(sum.crashes, 100);
  EXPECT_GT(sum.late_undos, 10);
  EXPECT_GT(sum.endings[SagaStatus::completed], 500);
  EXPECT_GT(sum.endings[SagaStatus::compensated], 500);
  EXPECT_GT(sum.endings[SagaStatus::failed], 50);
  EXPECT_GT(sum.endings[SagaStatus::started], 10) << "waits without a limit";
  EXPECT_EQ(sum.endings[SagaStatus::compensating], 0);
}

TEST_F(OwnSagaSimulation, HoldsWhenANodeCrashesBeforeOrAfterAnyOfItsPortCalls) {
  const OwnSagaResult clean = simulate(crash_scenario(0), "the scenario without a crash");
  ASSERT_GT(clean.port_calls, 100u);
  const std::uint64_t step = long_run() ? 1 : 1 + clean.port_calls / 200;
  int crashed = 0;
  for (std::uint64_t point = 1; point <= clean.port_calls * 2; point += step) {
    crashed += simulate(crash_scenario(point), command_for(11, point)).crashes > 0;
    if (HasNonfatalFailure()) return;
  }
  EXPECT_GT(crashed, 100);
}

TEST_F(OwnSagaSimulation, TheSameSeedGivesTheSameRun) {
  for (const std::uint64_t seed : {3u, 17u}) {
    const OwnSagaResult a = simulate(own_saga_swarm(seed), ""), b = simulate(own_saga_swarm(seed), "");
    EXPECT_EQ(a.port_calls, b.port_calls);
    EXPECT_EQ(a.calls, b.calls);
    EXPECT_EQ(a.endings, b.endings);
  }
}

// The verdicts find what they are there for: each of these is a fault planted into what surrounds the engine.
std::vector<std::string> found_in(const std::function<void(OwnSagaOptions&)>& plant) {
  std::vector<std::string> all;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    OwnSagaOptions options = own_saga_swarm(seed);
    plant(options);
    OwnSagaCluster cluster(options);
    cluster.run();
    for (std::string& what : cluster.violations()) all.push_back(std::move(what));
  }
  return all;
}

TEST_F(OwnSagaSimulation, FindsAParticipantThatIgnoresKeys) {
  EXPECT_THAT(found_in([](OwnSagaOptions& it) {
                it.participants.ignores_keys = true;
                it.participants.answer_lost = 0.2;
              }),
              Contains(HasSubstr("was done 2 times")));
}

TEST_F(OwnSagaSimulation, FindsACallerThatDropsWithdrawals) {
  EXPECT_THAT(found_in([](OwnSagaOptions& it) {
                it.drops_withdrawals = true;
                it.operator_share = 0.8;
                it.saga_every = 1ms;
              }),
              Contains(HasSubstr("after the saga was cancelled")));
}

// Reproduces the seed that another test has reported.
TEST_F(OwnSagaSimulation, OneSeedOfYourChoice) {
  const char* seed = std::getenv("SAGACTL_SEED");
  const char* crash_at = std::getenv("SAGACTL_CRASH_AT");
  const std::uint64_t point = crash_at ? std::strtoull(crash_at, nullptr, 10) : 0;
  simulate(point ? crash_scenario(point) : own_saga_swarm(seed ? std::strtoull(seed, nullptr, 10) : 1),
           "the same command");
}

}  // namespace
}  // namespace sagactl::simulation
