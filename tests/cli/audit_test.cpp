// `audit` and `dead-letter`.
#include <gmock/gmock.h>

#include "tests/cli/support/answers.hpp"
#include "tests/cli/support/command.hpp"
#include "tests/cli/support/fake_node.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

Json an_entry(const char* action, const Json& data, const Json& email) {
  return {{"timestamp", "2026-11-20T13:04:07.137Z"},
          {"action", action},
          {"orderId", some_id},
          {"by", other_id},
          {"email", email},
          {"nodeId", "node-1"},
          {"data", data}};
}

TEST(CliAudit, ShowsUserActionAndTarget) {
  CliSandbox sandbox;
  FakeNode node;
  const Json entries = {
      an_entry("set-stock", {{"kind", "product"}, {"id", "PROD001"}, {"available", 50}}, "op@localhost"),
      an_entry("set-stock", {{"kind", "balance"}, {"id", "user-1"}, {"available", 1000000}}, "guest@localhost"),
      an_entry("retry", {{"step", "payment_processing"}, {"reason", "the bank is back"}}, "op@localhost"),
      an_entry("compensate", {{"reason", "returned"}}, nullptr)};
  node.answer("GET /audit?limit=100&within=600000000us&by=op%40localhost", 200, {{"count", 3}, {"entries", entries}});
  const CommandResult outcome = sandbox.run({"audit", "--since", "10m", "--by", "op@localhost", "--url", node.url()});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("op@localhost                          set-stock   product PROD001"));
  EXPECT_THAT(outcome.out, HasSubstr("50 available"));
  EXPECT_THAT(outcome.out, HasSubstr("10000.00 available"));
  EXPECT_THAT(outcome.out, HasSubstr("from payment_processing: the bank is back"));
  EXPECT_THAT(outcome.out, HasSubstr(std::string(other_id) + "  compensate  " + some_id));
  EXPECT_THAT(outcome.out, HasSubstr("returned"));
}

TEST(CliAudit, AnUnknownUserIsNamedWithTheNearest) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer("GET /audit?limit=100&by=an%40example.com", 404, {{"message", "User not found"}});
  const auto refusal = [&] {
    const CommandResult outcome = sandbox.run({"audit", "--by", "an@example.com", "--url", node.url()});
    EXPECT_EQ(outcome.code, 1);
    return outcome.err;
  };
  EXPECT_THAT(refusal(), HasSubstr("there is no user 'an@example.com'"));
  node.answer("GET /users?limit=1000", 200, {{"users", {{{"email", "ann@example.com"}}}}, {"next", nullptr}});
  EXPECT_THAT(refusal(), HasSubstr("there is no user 'an@example.com'; did you mean ann@example.com?"));
}

TEST(CliAudit, WithoutEntriesPrintsNoTable) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer("GET /audit?limit=5", 200, {{"count", 0}, {"entries", Json::array()}});
  const CommandResult outcome = sandbox.run({"audit", "--limit", "5", "--url", node.url()});
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, HasSubstr("no audit entries"));
}

TEST(CliDeadLetter, BothActionsNeedIdsOrAll) {
  for (const char* verb : {"redeliver", "discard"}) {
    CliSandbox sandbox;
    const CommandResult outcome = sandbox.run({"dead-letter", verb, "--kafka", "127.0.0.1:1"});
    EXPECT_EQ(outcome.code, 4);
    EXPECT_THAT(outcome.err, HasSubstr(std::string(verb) + " needs the ids of dead letters, or --all"));
  }
}

}  // namespace
}  // namespace sagactl
