// `saga definitions` as trees, and the reservations in a trace.
#include <gmock/gmock.h>

#include "tests/cli/support/answers.hpp"
#include "tests/cli/support/command.hpp"
#include "tests/cli/support/fake_node.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

Json a_policy(int budget_ms) {
  return {{"firstMs", 100}, {"capMs", 5000}, {"budgetMs", budget_ms}};
}

Json some_definitions() {
  const Json first = {{"name", "PAY"},
                      {"action", "payment.charge"},
                      {"compensation", "payment.refund"},
                      {"timeoutMs", 30000},
                      {"compensatedAs", "REFUND_PAYMENT"},
                      {"retry", a_policy(60000)},
                      {"compensationRetry", a_policy(600000)}};
  const Json second = {{"name", "DELIVER"},  {"action", "order.confirm"}, {"compensation", nullptr},
                       {"timeoutMs", 30000}, {"compensatedAs", nullptr},  {"retry", a_policy(60000)}};
  const Json topics = {{{"aggregate", "Payment"}, {"event", "PaymentFailed"}, {"topic", "replies"}},
                       {{"aggregate", "Payment"}, {"event", "PaymentProcessed"}, {"topic", "replies"}}};
  return {{"definitions",
           {{{"name", "SmallSaga"},
             {"version", 1},
             {"mode", "choreography"},
             {"pivot", "DELIVER"},
             {"timeoutMs", 600000},
             {"steps", {first, second}},
             {"topics", topics}}}}};
}

TEST(CliDefinitions, AreTreesInTheOrderOfTheirSteps) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer("GET /sagas/definitions", 200, some_definitions());
  EXPECT_EQ(sandbox.run({"saga", "definitions", "--url", node.url()}).out,
            "SmallSaga  version 1, choreography, 10m to reach the pivot\n"
            "├─ PAY              payment.charge ↺ payment.refund  timeout 30s; retries after 100ms "
            "to 5s, for "
            "1m\n"
            "│  └─ compensation: retries after 100ms to 5s, for 10m\n"
            "└─ DELIVER ◆ pivot  order.confirm                    timeout 30s; retries after 100ms "
            "to 5s, for "
            "1m\n");
}

TEST(CliDefinitions, ShowTopicsWithVerbose) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer("GET /sagas/definitions", 200, some_definitions());
  EXPECT_THAT(sandbox.run({"saga", "definitions", "-v", "--url", node.url()}).out,
              HasSubstr("└─ topics\n   └─ replies: Payment PaymentFailed, Payment PaymentProcessed\n"));
}

// Whatever a server answers is shown, and does nothing to the terminal.
TEST(CliDefinitions, NameTheStepsBeforeThatAreTextsAndPrintable) {
  CliSandbox sandbox;
  FakeNode node;
  Json definitions = some_definitions();
  definitions["definitions"][0]["steps"][1]["after"] = {"PAY\x1b[2J", 7, nullptr, "SHIP\nIT"};
  node.answer("GET /sagas/definitions", 200, definitions);
  const CommandResult shown = sandbox.run({"saga", "definitions", "--url", node.url()});
  EXPECT_EQ(shown.code, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("after PAY"));
  EXPECT_THAT(shown.out, HasSubstr(", SHIP"));
  EXPECT_THAT(shown.out, testing::Not(HasSubstr("\x1b")));
  EXPECT_THAT(shown.out, testing::Not(HasSubstr("SHIP\n")));
}

TEST(CliDefinitions, AsJsonAreTheBodyOfTheResponse) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer("GET /sagas/definitions", 200, some_definitions());
  EXPECT_EQ(sandbox.run({"saga", "definitions", "-o", "json", "--url", node.url()}).json(), some_definitions());
}

TEST(CliTraceReservations, AreShownWithTheirItems) {
  CliSandbox sandbox;
  FakeNode node;
  Json trace = a_trace();
  trace["reservations"] = {{{"id", other_id},
                            {"kind", "product"},
                            {"status", "refused"},
                            {"attempt", 2},
                            {"items", {{{"id", "A"}, {"quantity", 2}}, {{"id", "B"}, {"quantity", 1}}}},
                            {"reason", "Insufficient"}}};
  node.answer(std::string("GET /trace/correlation/") + some_id, 200, trace);
  EXPECT_THAT(sandbox.run({"trace", some_id, "--url", node.url()}).out,
              HasSubstr(std::string("├─ reservation ") + other_id +
                        "  refused  product  2 x A, 1 x B  execution 2  Insufficient\n"));
}

}  // namespace
}  // namespace sagactl
