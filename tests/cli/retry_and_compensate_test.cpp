// `retry` and `compensate`: one saga, several, and in bulk only after confirmation.
#include <gmock/gmock.h>

#include "tests/cli/support/answers.hpp"
#include "tests/cli/support/command.hpp"
#include "tests/cli/support/fake_node.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

const Json accepted = {{"message", "ok"}, {"status", "started"}, {"currentStep", "payment_processing"}};
const Json refused = {{"message", "the saga is completed; retry needs failed or compensated"}};

std::vector<std::string> operations(const FakeNode& node) {
  std::vector<std::string> paths;
  for (const SeenRequest& request : node.requests())
    if (request.method == "POST" && request.path != "/bulk") paths.push_back(request.path);
  return paths;
}

TEST(CliRetry, GivesOneResultPerSaga) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer(std::string("POST /saga/retry/") + some_id, 202, accepted);
  node.answer(std::string("POST /saga/retry/") + other_id, 409, refused);
  const CommandResult outcome = sandbox.run({"retry", some_id, other_id, "--recharge", "--url", node.url()});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.out,
            "SAGA                                  RESULT    NOW      \n"
            "0198f0a0-0000-7000-8000-000000000001  accepted  started  payment_processing\n"
            "0198f0a0-0000-7000-8000-000000000002  refused   -        the saga is completed; retry needs failed or "
            "compensated\n");
  EXPECT_EQ(node.requests().at(0).body, (Json{{"recharge", true}}));
}

TEST(CliRetry, JsonHasOneResultPerSaga) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer(std::string("POST /saga/retry/") + some_id, 202, accepted);
  const CommandResult outcome = sandbox.run({"retry", some_id, "-o", "json", "--url", node.url()});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.json()["accepted"], 1);
  EXPECT_EQ(outcome.json()["results"][0]["status"], "started");
}

TEST(CliRetry, TakesACorrelationId) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer("GET /sagas/correlation/my-key", 200, a_saga(some_id, "failed"));
  node.answer(std::string("POST /saga/retry/") + some_id, 202, accepted);
  EXPECT_EQ(sandbox.run({"retry", "my-key", "--url", node.url()}).code, 0);
}

class CliBulk : public testing::Test {
 protected:
  CliBulk() {
    node.answer("GET /sagas?page=1&limit=100&status=failed", 200,
                some_sagas({a_saga(some_id, "failed", "declined"), a_saga(other_id, "failed", "declined")}));
    for (const char* id : {some_id, other_id}) node.answer(std::string("POST /saga/compensate/") + id, 202, accepted);
  }
  std::vector<std::string> command(std::initializer_list<std::string> more = {}) const {
    std::vector<std::string> arguments = {"compensate", "--all", "--status", "failed", "--url", node.url()};
    arguments.insert(arguments.end(), more);
    return arguments;
  }
  CliSandbox sandbox;
  FakeNode node;
};

TEST_F(CliBulk, NeedsYesWithoutATerminal) {
  const CommandResult outcome = sandbox.run(command());
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.err, HasSubstr("compensate 2 sagas (status failed)"));
  EXPECT_THAT(outcome.err, HasSubstr("--yes"));
  EXPECT_TRUE(operations(node).empty());
}

TEST_F(CliBulk, ShowsASampleAndAsksOnATerminal) {
  sandbox.terminal = true;
  sandbox.variables["NO_COLOR"] = "1";
  sandbox.input = "y\n";
  const CommandResult outcome = sandbox.run(command());
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("compensate 2 sagas with status failed, among them:"));
  EXPECT_THAT(outcome.err, HasSubstr(some_id));
  EXPECT_THAT(outcome.err, HasSubstr("compensate 2 sagas? [y/N] "));
  EXPECT_EQ(operations(node).size(), 2u);
}

TEST_F(CliBulk, DoesNothingWhenTheAnswerIsNotYes) {
  sandbox.terminal = true;
  for (const char* answer : {"n\n", "\n", "", "yep\n"}) {
    sandbox.input = answer;
    EXPECT_EQ(sandbox.run(command()).code, 1);
  }
  EXPECT_TRUE(operations(node).empty());
}

TEST_F(CliBulk, DoesNotAskWithYes) {
  EXPECT_EQ(sandbox.run(command({"--yes", "--reason", "audit"})).code, 0);
  EXPECT_EQ(operations(node).size(), 2u);
  EXPECT_EQ(node.requests().back().body, (Json{{"reason", "audit"}}));
}

TEST_F(CliBulk, IsAJobOfTheNodeWhichKeepsTheResults) {
  node.answer("POST /bulk", 202, {{"id", "job-1"}, {"state", "running"}});
  node.answer("GET /bulk/job-1", 200, {{"id", "job-1"}, {"state", "running"}, {"refused", 0}});
  node.answer("GET /bulk/job-1", 200, {{"id", "job-1"}, {"state", "done"}, {"refused", 1}});
  const Json done{{"sagaId", some_id}, {"ok", true}, {"status", "compensating"}, {"error", nullptr}};
  const Json not_done{{"sagaId", other_id}, {"ok", false}, {"status", nullptr}, {"error", "the saga is completed"}};
  node.answer("GET /bulk/job-1/results?limit=1000", 200, {{"results", Json::array({done})}, {"nextCursor", "1.0"}});
  node.answer("GET /bulk/job-1/results?limit=1000&cursor=1.0", 200,
              {{"results", Json::array({not_done})}, {"nextCursor", nullptr}});
  const CommandResult outcome = sandbox.run(command({"--yes", "--reason", "audit"}));
  EXPECT_EQ(outcome.code, 1) << "one was refused";
  EXPECT_THAT(outcome.out, HasSubstr("accepted  compensating"));
  EXPECT_THAT(outcome.out, HasSubstr("the saga is completed"));
  EXPECT_TRUE(operations(node).empty()) << "the node does it";
  Json body;
  for (const SeenRequest& request : node.requests())
    if (request.path == "/bulk") body = request.body;
  EXPECT_EQ(body, (Json{{"reason", "audit"}, {"action", "compensate"}, {"filter", "status=failed"}, {"atMost", 2}}));
}

TEST_F(CliBulk, AJobThatTheNodeRefusesIsAnError) {
  node.answer("POST /bulk", 409, {{"message", "10 bulk jobs run already; wait for one, or stop one"}});
  const CommandResult outcome = sandbox.run(command({"--yes"}));
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("10 bulk jobs run already"));
  EXPECT_TRUE(operations(node).empty());
}

TEST_F(CliBulk, DryRunListsAndDoesNothing) {
  const CommandResult outcome = sandbox.run(command({"--dry-run", "-o", "json"}));
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.json()["count"], 2);
  EXPECT_TRUE(operations(node).empty());
}

TEST_F(CliBulk, WithoutAMatchPrintsNoTable) {
  node.answer("GET /sagas?page=1&limit=100&node=nope", 200, some_sagas({}));
  const CommandResult outcome = sandbox.run({"retry", "--all", "--node", "nope", "--url", node.url()});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err, "no sagas match: owned by node nope\n");
}

TEST_F(CliBulk, NeedsAFilter) {
  const CommandResult outcome = sandbox.run({"compensate", "--all", "--yes", "--url", node.url()});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.err, HasSubstr("--status failed"));
  EXPECT_TRUE(node.requests().empty());
}

TEST_F(CliBulk, IdsAndAllExcludeEachOther) {
  EXPECT_EQ(sandbox.run(command({some_id})).code, 4);
  EXPECT_EQ(sandbox.run({"retry", "--url", node.url()}).code, 4);
  EXPECT_EQ(sandbox.run({"retry", some_id, "--status", "failed", "--url", node.url()}).code, 4);
}

}  // namespace
}  // namespace sagactl
