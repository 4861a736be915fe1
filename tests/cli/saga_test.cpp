// `saga`, `trace` and `lock-status`: their tables and trees.
#include <gmock/gmock.h>

#include "tests/cli/support/answers.hpp"
#include "tests/cli/support/command.hpp"
#include "tests/cli/support/fake_node.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

TEST(CliSaga, ListSendsItsFilters) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer(
      "GET "
      "/sagas?page=2&limit=5&status=failed&status=compensated&node=node-1&error=card%20declined&olderThan="
      "300000000us"
      "&retriesOver=3&stuck=true",
      200, some_sagas({a_saga(some_id, "failed", "card declined")}));
  const CommandResult outcome = sandbox.run(
      {"saga",    "list",         "--url", node.url(), "--status", "failed",  "--status",      "compensated",
       "--stuck", "--older-than", "5m",    "--node",   "node-1",   "--error", "card declined", "--retries-gt",
       "3",       "--page",       "2",     "--limit",  "5"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out,
            "SAGA                                  STATUS  STEP    CREATED                   TOOK    NODE    "
            "ERROR\n"
            "0198f0a0-0000-7000-8000-000000000001  failed  failed  2026-11-20T13:04:07.137Z  1.24 s  node-1  card "
            "declined\n");
}

TEST(CliSaga, ListSaysWhyOneThatHasNotEndedDoesNotGoOn) {
  CliSandbox sandbox;
  FakeNode node;
  Json waiting = a_saga(some_id, "started");
  waiting["steps"] = {Json{{"name", "pick"}, {"status", "failed"}, {"error", "of an earlier try"}},
                      Json{{"name", "label"}, {"status", "running"}, {"error", "nothing answers"}}};
  node.answer("GET /sagas?page=1&limit=20", 200, some_sagas({waiting}));
  const CommandResult outcome = sandbox.run({"saga", "list", "--url", node.url()});
  EXPECT_THAT(outcome.out, HasSubstr("label: nothing answers"));
  EXPECT_THAT(outcome.out, HasSubstr("2026-11-20T13:04:07.137Z  -     node-1")) << "it has not taken its time yet";
}

TEST(CliSaga, ListCutsLinesOnATerminalOnly) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer("GET /sagas?page=1&limit=20", 200, some_sagas({a_saga(some_id, "failed", std::string(200, 'x'))}));
  EXPECT_GT(sandbox.run({"saga", "list", "--url", node.url()}).out.size(), 300u);
  sandbox.terminal = true;
  sandbox.variables["NO_COLOR"] = "1";
  EXPECT_THAT(sandbox.run({"saga", "list", "--url", node.url()}).out, HasSubstr("…\n"));
}

TEST(CliSaga, UsesColoursOnATerminalOnly) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer("GET /sagas?page=1&limit=20", 200, some_sagas({a_saga(some_id, "failed")}));
  const std::vector<std::string> list = {"saga", "list", "--url", node.url()};
  const std::string red = "\x1b[31mfailed";
  EXPECT_THAT(sandbox.run(list).out, testing::Not(HasSubstr(red)));
  sandbox.terminal = true;
  EXPECT_THAT(sandbox.run(list).out, HasSubstr(red));
  std::vector<std::string> plain = list;
  plain.push_back("--no-color");
  EXPECT_THAT(sandbox.run(plain).out, testing::Not(HasSubstr(red)));
  sandbox.variables["NO_COLOR"] = "1";
  EXPECT_THAT(sandbox.run(list).out, testing::Not(HasSubstr(red)));
}

TEST(CliSaga, TextsOfOthersDoNotControlTheTerminal) {
  CliSandbox sandbox;
  FakeNode node;
  sandbox.terminal = true;
  sandbox.variables["NO_COLOR"] = "1";
  const Json saga = a_saga(some_id, "failed", "no\x1b[2J\x1b]52;c;cm0=\x07 way \u202Eabc\u009B31m\n");
  node.answer("GET /sagas?page=1&limit=20", 200, some_sagas({saga}));
  Json traced = a_trace();
  traced["saga"]["errorMessage"] = saga["errorMessage"];
  traced["order"]["failureReason"] = saga["errorMessage"];
  traced["input"] = Json{{"guest", "kim\u202E\u009B2J"}};
  node.answer(std::string("GET /trace/correlation/") + some_id, 200, traced);
  node.answer(std::string("GET /sagas/") + other_id, 409,
              Json{{"message", "the key a\x1b]0;title\x07 is taken"}, {"statusCode", 409}});
  const CommandResult list = sandbox.run({"saga", "list", "--url", node.url(), "--wide"});
  EXPECT_THAT(list.out, HasSubstr("no [2J ]52;c;cm0=  way  abc 31m\n"));
  const CommandResult trace = sandbox.run({"trace", some_id, "--url", node.url()});
  EXPECT_THAT(trace.out, HasSubstr("no [2J ]52;c;cm0=  way  abc 31m\n")) << trace.err;
  const CommandResult refused = sandbox.run({"saga", "get", other_id, "--url", node.url()});
  for (const std::string& text : {list.out, trace.out, refused.out, refused.err})
    for (const char* control : {"\x1b", "\x07", "\u202E", "\u009B"})
      EXPECT_THAT(text, testing::Not(HasSubstr(control)));
}

TEST(CliSaga, APageBehindTheLastSaysWhichIsTheLast) {
  CliSandbox sandbox;
  FakeNode node;
  Json none = some_sagas({});
  none["total"] = 6;
  none["page"] = 99;
  none["totalPages"] = 1;
  node.answer("GET /sagas?page=99&limit=20", 200, none);
  const CommandResult outcome = sandbox.run({"saga", "list", "--page", "99", "--url", node.url()});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.err, "there is no page 99: the last is page 1, 6 sagas in all\n");
}

TEST(CliSaga, UnknownStatusIsAUsageError) {
  CliSandbox sandbox;
  const CommandResult outcome = sandbox.run({"saga", "list", "--status", "done"});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.err, HasSubstr("'done' is not one of started, completed, failed, compensating, compensated"));
}

TEST(CliTrace, DrawsTheSagaAsATree) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer(std::string("GET /trace/correlation/") + some_id, 200, a_trace());
  EXPECT_EQ(sandbox.run({"trace", some_id, "--url", node.url()}).out,
            "OrderProcessingSaga 0198f0a0-0000-7000-8000-000000000001  completed after 1.24 s on node-1\n"
            "├─ order 0198f0a0-0000-7000-8000-000000000001  paid  19.00  2 x BOOK\n"
            "├─ ✓ payment_processing   succeeded    1.10 s on node-2, execution 2, 3 tries\n"
            "│  └─ card declined\n"
            "├─ ✓ order_confirmation   succeeded    77.00 ms on node-2\n"
            "├─ payment 0198f0a0-0000-7000-8000-000000000002  completed  19.00  execution 2  ext_tx_1\n"
            "└─ events\n"
            "   ├─ 2026-11-20T13:04:07.137042Z       +0.0 ms  OrderCreated           node-1\n"
            "   └─ 2026-11-20T13:04:08.300500Z    +1163.5 ms  SagaStepCompleted      node-2  payment_processing\n");
}

TEST(CliTrace, JsonIsTheBodyOfTheResponse) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer(std::string("GET /trace/correlation/") + some_id, 200, a_trace());
  EXPECT_EQ(sandbox.run({"trace", some_id, "-o", "json", "--url", node.url()}).json(), a_trace());
}

TEST(CliTrace, FollowShowsEventsUntilTheSagaHasEnded) {
  CliSandbox sandbox;
  FakeNode node;
  Json begun = a_trace();
  begun["saga"]["status"] = "started";
  begun["timeline"].erase(1);
  const std::string path = std::string("GET /trace/correlation/") + some_id;
  node.answer(path, 200, begun);
  node.answer(path, 200, a_trace());
  const CommandResult outcome = sandbox.run({"trace", some_id, "--follow", "-o", "ndjson", "--url", node.url()});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out, a_trace()["timeline"][0].dump() + "\n" + a_trace()["timeline"][1].dump() + "\n");
}

// The trace of an LRA that is started, in which the LRA `nested` is; empty: none is.
Json trace_of_lra(const std::string& id, const std::string& nested) {
  Json trace = a_trace();
  Json lra{{"id", "http://node/lra-coordinator/" + id}, {"status", "Active"}, {"participants", Json::array()}};
  if (!nested.empty())
    lra["participants"].push_back(
        Json{{"name", "01"}, {"nested", nested}, {"status", "Completed"}, {"joinedAt", "now"}});
  trace["saga"] = Json{{"id", id}, {"type", "lra"}, {"status", "started"}, {"lra", lra}, {"steps", Json::array()}};
  for (const char* member : {"order", "payments", "timeline"}) trace.erase(member);
  return trace;
}

TEST(CliTrace, ShowsTheLrasThatAreNestedInOne) {
  CliSandbox sandbox;
  FakeNode node;
  const std::string inner = "0198f0a0-0000-7000-8000-000000000009";
  for (int i = 0; i < 2; ++i) {
    node.answer(std::string("GET /trace/correlation/") + some_id, 200, trace_of_lra(some_id, inner));
    node.answer("GET /trace/correlation/" + inner, 200, trace_of_lra(inner, ""));
  }
  const std::string tree = sandbox.run({"trace", some_id, "--url", node.url()}).out;
  EXPECT_THAT(tree, HasSubstr("01  Completed  nested LRA " + inner + "  joined at now\n"));
  EXPECT_THAT(tree, HasSubstr("└─ lra " + inner + "  started"));
  const Json json = sandbox.run({"trace", some_id, "-o", "json", "--url", node.url()}).json();
  EXPECT_EQ(json["nested"][inner]["saga"]["id"], inner);
}

TEST(CliTrace, AnUnknownIdNamesWhatWasSearched) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer("GET /trace/correlation/nope", 404, {{"correlationId", "nope"}, {"found", false}});
  const CommandResult outcome = sandbox.run({"trace", "nope", "--url", node.url()});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("no trace found for 'nope'"));
  EXPECT_THAT(outcome.err, HasSubstr("no saga or order has this id, correlation id or idempotency key"));
}

TEST(CliTrace, WorksWithAServerThatOnlyKnowsCorrelationIds) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer(std::string("GET /trace/correlation/") + some_id, 200, {{"correlationId", some_id}, {"found", false}});
  Json saga = a_saga(some_id, "completed");
  saga["correlationId"] = "key";
  node.answer(std::string("GET /sagas/") + some_id, 200, saga);
  node.answer("GET /trace/correlation/key", 200, a_trace());
  EXPECT_EQ(sandbox.run({"trace", some_id, "--url", node.url()}).code, 0);
}

TEST(CliLockStatus, ShowsWhatIsHeld) {
  CliSandbox sandbox;
  FakeNode node;
  const Json lock = {{"key", "order:BOOK"},
                     {"holder", "node-1"},
                     {"fencingToken", 17},
                     {"ttlMs", 1500},
                     {"acquiredAt", "2026-11-20T13:04:07.137Z"}};
  node.answer("GET /locks?limit=1000", 200, {{"count", 1}, {"locks", {lock}}});
  EXPECT_EQ(sandbox.run({"lock-status", "--url", node.url()}).out,
            "KEY         HOLDER  TOKEN  TIME LEFT  SINCE\n"
            "order:BOOK  node-1     17     1.50 s  2026-11-20T13:04:07.137Z\n");
}

TEST(CliLockStatus, AFreeLockIsFree) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer("GET /locks/order%3ABOOK", 200, {{"key", "order:BOOK"}, {"isLocked", false}});
  const CommandResult outcome = sandbox.run({"lock-status", "order:BOOK", "--url", node.url()});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out, "order:BOOK is free\n");
}

TEST(CliSaga, ThatDoesNotExistIsNamedWithTheCommandThatListsSagas) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer(std::string("GET /sagas/") + some_id, 404, {{"message", "Saga not found"}});
  node.answer("GET /sagas/correlation/my-key", 404, {{"message", "Saga not found"}});
  for (const char* id : {some_id, "my-key"})
    EXPECT_EQ(sandbox.run({"saga", "get", id, "--url", node.url()}).err,
              std::string("sagactl: Saga not found: there is no saga '") + id +
                  "'\n  `sagactl saga list` shows those that exist\n");
  EXPECT_THAT(sandbox.run({"--wide", "retry", "my-key", "--url", node.url()}).out,
              HasSubstr("Saga not found: there is no saga 'my-key'"));
}

}  // namespace
}  // namespace sagactl
