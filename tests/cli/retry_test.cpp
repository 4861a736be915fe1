// `retry` and `compensate`: one, several, and in bulk only when somebody agreed.
#include <gmock/gmock.h>

#include "tests/cli/answers.hpp"
#include "tests/cli/command.hpp"
#include "tests/cli/fake_node.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

const Json accepted = {{"message", "ok"}, {"status", "started"}, {"currentStep", "payment_processing"}};
const Json refused = {{"message", "the saga is completed; retry needs failed or compensated"}};

std::vector<std::string> operations(const FakeNode& node) {
  std::vector<std::string> paths;
  for (const Asked& asked : node.asked())
    if (asked.method == "POST") paths.push_back(asked.path);
  return paths;
}

TEST(CliRetry, GivesOneResultPerSaga) {
  Desk desk;
  FakeNode node;
  node.answer(std::string("POST /saga/retry/") + some_id, 202, accepted);
  node.answer(std::string("POST /saga/retry/") + other_id, 409, refused);
  const Printed outcome = desk.run({"retry", some_id, other_id, "--recharge", "--url", node.url()});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(
      outcome.out,
      "SAGA                                  RESULT    NOW      \n"
      "0198f0a0-0000-7000-8000-000000000001  accepted  started  payment_processing\n"
      "0198f0a0-0000-7000-8000-000000000002  refused   -        the saga is completed; retry needs failed or "
      "compensated\n");
  EXPECT_EQ(node.asked().at(0).body, (Json{{"recharge", true}}));
}

TEST(CliRetry, JsonHasOneResultPerSaga) {
  Desk desk;
  FakeNode node;
  node.answer(std::string("POST /saga/retry/") + some_id, 202, accepted);
  const Printed outcome = desk.run({"retry", some_id, "-o", "json", "--url", node.url()});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.json()["accepted"], 1);
  EXPECT_EQ(outcome.json()["results"][0]["status"], "started");
}

TEST(CliRetry, TakesACorrelationId) {
  Desk desk;
  FakeNode node;
  node.answer("GET /sagas/correlation/my-key", 200, a_saga(some_id, "failed"));
  node.answer(std::string("POST /saga/retry/") + some_id, 202, accepted);
  EXPECT_EQ(desk.run({"retry", "my-key", "--url", node.url()}).code, 0);
}

class CliBulk : public testing::Test {
 protected:
  CliBulk() {
    node.answer("GET /sagas?page=1&limit=100&status=failed", 200,
                some_sagas({a_saga(some_id, "failed", "declined"), a_saga(other_id, "failed", "declined")}));
    for (const char* id : {some_id, other_id})
      node.answer(std::string("POST /saga/compensate/") + id, 202, accepted);
  }
  std::vector<std::string> command(std::initializer_list<std::string> further = {}) const {
    std::vector<std::string> arguments = {"compensate", "--all", "--status", "failed", "--url", node.url()};
    arguments.insert(arguments.end(), further);
    return arguments;
  }
  Desk desk;
  FakeNode node;
};

TEST_F(CliBulk, IsRefusedWithoutATerminalAndWithoutYes) {
  const Printed outcome = desk.run(command());
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.err, HasSubstr("compensate 2 sagas (status failed)"));
  EXPECT_THAT(outcome.err, HasSubstr("--yes"));
  EXPECT_TRUE(operations(node).empty());
}

TEST_F(CliBulk, ShowsASampleAndAsksOnATerminal) {
  desk.terminal = true;
  desk.variables["NO_COLOR"] = "1";
  desk.input = "y\n";
  const Printed outcome = desk.run(command());
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("compensate 2 sagas with status failed, among them:"));
  EXPECT_THAT(outcome.err, HasSubstr(some_id));
  EXPECT_THAT(outcome.err, HasSubstr("compensate 2 sagas? [y/N] "));
  EXPECT_EQ(operations(node).size(), 2u);
}

TEST_F(CliBulk, DoesNothingWhenTheAnswerIsNotYes) {
  desk.terminal = true;
  for (const char* answer : {"n\n", "\n", "", "yep\n"}) {
    desk.input = answer;
    EXPECT_EQ(desk.run(command()).code, 1);
  }
  EXPECT_TRUE(operations(node).empty());
}

TEST_F(CliBulk, DoesNotAskWithYes) {
  EXPECT_EQ(desk.run(command({"--yes", "--reason", "audit"})).code, 0);
  EXPECT_EQ(operations(node).size(), 2u);
  EXPECT_EQ(node.asked().back().body, (Json{{"reason", "audit"}}));
}

TEST_F(CliBulk, DryRunShowsAndDoesNothing) {
  const Printed outcome = desk.run(command({"--dry-run", "-o", "json"}));
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.json()["count"], 2);
  EXPECT_TRUE(operations(node).empty());
}

TEST_F(CliBulk, NeedsAFilter) {
  const Printed outcome = desk.run({"compensate", "--all", "--yes", "--url", node.url()});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.err, HasSubstr("--status failed"));
  EXPECT_TRUE(node.asked().empty());
}

TEST_F(CliBulk, IdsAndAllExcludeEachOther) {
  EXPECT_EQ(desk.run(command({some_id})).code, 4);
  EXPECT_EQ(desk.run({"retry", "--url", node.url()}).code, 4);
  EXPECT_EQ(desk.run({"retry", some_id, "--status", "failed", "--url", node.url()}).code, 4);
}

}  // namespace
}  // namespace sagactl
