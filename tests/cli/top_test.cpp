// `top`: one view, and no node.
#include <gmock/gmock.h>

#include "tests/cli/support/answers.hpp"
#include "tests/cli/support/command.hpp"
#include "tests/cli/support/fake_node.hpp"

namespace sagactl {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(CliTop, PrintsOneViewWithRates) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer("GET /health/detailed", 200, a_healthy_node());
  Json counts = {{"sagas", {{"total", 10}, {"completed", 5}, {"compensated", 2}, {"failed", 1}}},
                 {"orders", {{"total", 10}}}};
  node.answer("GET /saga/maintenance/saga-health", 200, counts);
  node.answer("GET /trace/active-flows?limit=1", 200, {{"totalActiveFlows", 2}, {"stuckFlows", 1}});
  const CommandResult outcome = sandbox.run({"top", "--once", "--interval", "1ms", "-o", "json", "--url", node.url()});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  const Json view = outcome.json();
  EXPECT_EQ(view["sagas"]["active"], 2);
  EXPECT_EQ(view["sagas"]["stuck"], 1);
  EXPECT_EQ(view["ordersPerSecond"], 0.0);
  EXPECT_EQ(view["nodes"][0]["node"], "node-1");
  EXPECT_EQ(view["nodes"][0]["unpublishedEvents"], 3);
}

TEST(CliTop, ShowsTheNodesThatAnswerWhileTheirDatabaseDoesNot) {
  CliSandbox sandbox;
  FakeNode node;
  Json health = a_healthy_node();
  health["dependencies"]["database"]["status"] = "down";
  node.answer("GET /health/detailed", 503, health);
  node.answer("GET /saga/maintenance/saga-health", 503,
              {{"statusCode", 503}, {"message", "the database is unavailable"}});
  const std::vector<std::string> top = {"top", "--once", "--interval",
                                        "1ms", "--url",  node.url() + ",http://127.0.0.1:1"};
  const CommandResult table = sandbox.run(top);
  EXPECT_EQ(table.code, 5) << table.err;
  EXPECT_THAT(table.out, AllOf(HasSubstr("the database is unavailable"), HasSubstr("not ready, database down"),
                               HasSubstr("http://127.0.0.1:1")));
  std::vector<std::string> as_json = top;
  as_json.insert(as_json.end(), {"-o", "json"});
  const Json view = sandbox.run(as_json).json();
  EXPECT_EQ(view["nodes"][0]["status"], "not ready, database down");
  EXPECT_EQ(view["nodes"][1]["status"], "down");
  EXPECT_EQ(view["sagas"], nullptr);
  EXPECT_EQ(view["error"]["code"], "unavailable");
}

TEST(CliTop, FailsWhenNoNodeAnswers) {
  CliSandbox sandbox;
  EXPECT_EQ(sandbox.run({"top", "--once", "--url", "http://127.0.0.1:1"}).code, 5);
}

}  // namespace
}  // namespace sagactl
