// A target whose name has several addresses.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "common/id.hpp"
#include "loadgen/run.hpp"
#include "tests/httpclient/hosts_file.hpp"
#include "tests/loadgen/order_server.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

using testing::ElementsAre;

class TwoAddresses : public testing::Test {
 protected:
  void SetUp() override {
    if (!name_two_addresses()) GTEST_SKIP() << "setting host names requires root";
    options.scenario = ScenarioKind::individual;
    options.token = "token";
    options.targets = {fmt::format("http://two.test:{}", first.port())};
  }
  static ScriptedServer::Handler taking_orders(std::atomic<int>& taken) {
    return [&taken](const Received& request) {
      taken += request.method == "POST";
      return answer(201, Json{{"id", new_uuid().text()}, {"status", "pending"}}.dump());
    };
  }
  RunResult run(std::stop_token interrupt = {}) {
    auto result = run_load(options, std::move(interrupt));
    EXPECT_TRUE(result) << result.error().message;
    return result ? std::move(result).value() : RunResult();
  }

  std::atomic<int> taken_first = 0, taken_second = 0;
  ScriptedServer first{taking_orders(taken_first)};
  std::unique_ptr<ScriptedServer> second =
      std::make_unique<ScriptedServer>(taking_orders(taken_second), "127.0.0.2", first.port());
  LoadOptions options;
};

TEST_F(TwoAddresses, AreBothLoadedAndTheReportNamesThem) {
  options.orders = 100;
  const RunResult result = run();
  EXPECT_EQ(taken_first, 50);
  EXPECT_EQ(taken_second, 50);
  EXPECT_THAT(result.ledger.targets,
              ElementsAre(options.targets[0] + " (127.0.0.1)", options.targets[0] + " (127.0.0.2)"));
  ASSERT_EQ(result.answers.targets.size(), 2u);
  EXPECT_EQ(result.answers.targets[1].answered, 50u);
}

TEST_F(TwoAddresses, TheOtherIsUsedWhileOneIsUnavailableAndThenBoth) {
  options.rate = 100;
  options.duration = 1h;
  std::stop_source enough;
  std::thread operator_of_second([&] {
    EXPECT_TRUE(eventually([&] { return taken_second > 30; }));
    const std::uint16_t port = second->port();
    second.reset();
    const int before = taken_first;
    EXPECT_TRUE(eventually([&] { return taken_first > before + 100; })) << "the other is used";
    taken_second = 0;
    second = std::make_unique<ScriptedServer>(taking_orders(taken_second), "127.0.0.2", port);
    EXPECT_TRUE(eventually([&] { return taken_second > 30; })) << "it is loaded again";
    enough.request_stop();
  });
  const RunResult result = run(enough.get_token());
  operator_of_second.join();
  EXPECT_EQ(result.requests.unreached, 0u);
  EXPECT_LE(result.requests.transport_errors, 10u) << "requests in flight when it stopped";
}

TEST_F(TwoAddresses, OneThatIsUnavailableAtTheStartIsNotLoaded) {
  second.reset();
  options.orders = 20;
  const RunResult result = run();
  EXPECT_EQ(taken_first, 20);
  EXPECT_THAT(result.ledger.targets, ElementsAre(options.targets[0]));
}

}  // namespace
}  // namespace sagactl
