// Abbreviated ids.
#include <gmock/gmock.h>

#include "cli/client/id_prefix.hpp"
#include "tests/cli/support/answers.hpp"
#include "tests/cli/support/command.hpp"
#include "tests/cli/support/fake_node.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

constexpr const char* prefix = "0198f0a0-0000";

TEST(CliIdPrefix, IsAtLeastFourDigitsAndNotAnId) {
  for (const char* text : {"0198", "0198f0a0", "0198F0A0-", "0198f0a0-0000-7000-8000-00000000000", "SAGA-0198"})
    EXPECT_TRUE(is_id_prefix(text)) << text;
  for (const char* text : {"", "019", some_id, "0198f0a00", "0198-", "my-key", "SAGA-019",
                           "SAGA-0198f0a0-0000-7000-8000-000000000001", "0198f0a0-0000-7000-8000-000000000001x"})
    EXPECT_FALSE(is_id_prefix(text)) << text;
}

TEST(CliIdPrefix, OfFewerDigitsSaysHowManyItTakes) {
  CliSandbox sandbox;
  FakeNode node;
  for (const char* path : {"GET /trace/correlation/01a", "GET /sagas/correlation/01a"})
    node.answer(path, 404, Json{{"message", "not found"}});
  node.answer("GET /sagas?key=01a&limit=5", 200, some_sagas({}));
  for (const std::vector<std::string>& command : {std::vector<std::string>{"trace"}, {"saga", "get"}, {"retry"}}) {
    std::vector<std::string> words = command;
    words.insert(words.end(), {"01a", "--url", node.url()});
    const CommandResult outcome = sandbox.run(words);
    EXPECT_EQ(outcome.code, 1) << command[0];
    EXPECT_THAT(outcome.out + outcome.err, HasSubstr("the first digits of an id are at least 4")) << command[0];
  }
  EXPECT_EQ(when_too_short("01a2"), "");
  EXPECT_EQ(when_too_short("key"), "");
  EXPECT_EQ(when_too_short(""), "");
}

class CliPrefix : public testing::Test {
 protected:
  CliPrefix() {
    const Json none = {{"message", "not found"}};
    node.answer(std::string("GET /sagas/correlation/") + prefix, 404, none);
    node.answer(std::string("GET /trace/correlation/") + prefix, 404, none);
    node.answer(std::string("GET /trace/correlation/") + some_id, 200, a_trace());
    node.answer(std::string("GET /sagas/") + some_id, 200, a_saga(some_id, "failed"));
    node.answer(std::string("GET /orders/") + some_id, 200, an_order("paid"));
    node.answer(std::string("POST /saga/retry/") + some_id, 202, Json{{"status", "started"}});
    node.answer(std::string("POST /saga/compensate/") + some_id, 202, Json{{"status", "compensating"}});
    node.answer(std::string("DELETE /orders/") + some_id, 200, an_order("cancelled"));
  }
  void answer_sagas(const Json& sagas) { node.answer(std::string("GET /sagas?id=") + prefix + "&limit=6", 200, sagas); }
  CommandResult run(std::vector<std::string> command) {
    command.insert(command.end(), {prefix, "--url", node.url()});
    return sandbox.run(command);
  }
  const std::vector<std::vector<std::string>> commands = {{"trace"},      {"saga", "get"},  {"retry"},
                                                          {"compensate"}, {"order", "get"}, {"order", "cancel"}};
  CliSandbox sandbox;
  FakeNode node;
};

TEST_F(CliPrefix, OfOneSagaStandsForItsId) {
  answer_sagas(some_sagas({a_saga(some_id, "failed")}));
  for (const auto& command : commands) {
    const CommandResult outcome = run(command);
    EXPECT_EQ(outcome.code, 0) << command[0] << ": " << outcome.err << outcome.out;
  }
}

TEST_F(CliPrefix, IsTakenAsACheckoutShowsIt) {
  const std::string shown = std::string("SAGA-") + prefix;
  node.answer("GET /trace/correlation/" + shown, 404, Json{{"message", "not found"}});
  node.answer("GET /sagas/correlation/" + shown, 404, Json{{"message", "not found"}});
  node.answer("GET /sagas?key=" + shown + "&limit=5", 200, some_sagas({}));
  answer_sagas(some_sagas({a_saga(some_id, "failed")}));
  for (const std::vector<std::string>& command : {std::vector<std::string>{"trace"}, {"saga", "get"}, {"retry"}}) {
    std::vector<std::string> words = command;
    words.insert(words.end(), {shown, "--url", node.url()});
    const CommandResult outcome = sandbox.run(words);
    EXPECT_EQ(outcome.code, 0) << command[0] << ": " << outcome.err << outcome.out;
  }
}

TEST_F(CliPrefix, OfSeveralSagasListsThem) {
  answer_sagas(some_sagas({a_saga(other_id, "failed"), a_saga(some_id, "failed")}));
  for (const auto& command : commands) {
    const CommandResult outcome = run(command);
    EXPECT_NE(outcome.code, 0) << command[0];
    const std::string printed = outcome.out + outcome.err;
    EXPECT_THAT(printed, HasSubstr(some_id)) << command[0];
    EXPECT_THAT(printed, HasSubstr(other_id)) << command[0];
  }
}

TEST_F(CliPrefix, OfNoSagaIsAnError) {
  answer_sagas(some_sagas({}));
  for (const auto& command : commands) EXPECT_EQ(run(command).code, 1) << command[0];
}

TEST_F(CliPrefix, IsNotMatchedByAServerWithoutTheFilter) {
  answer_sagas(some_sagas({a_saga("0298f0a0-0000-7000-8000-000000000001", "failed")}));
  EXPECT_EQ(run({"retry"}).code, 1);
}

TEST(CliBulkPages, ContinueAtTheCursor) {
  CliSandbox sandbox;
  FakeNode node;
  std::vector<Json> first(100, a_saga(other_id, "failed"));
  node.answer("GET /sagas?page=1&limit=100&status=failed", 200,
              Json{{"sagas", first}, {"total", 101}, {"nextCursor", other_id}});
  node.answer(std::string("GET /sagas?cursor=") + other_id + "&limit=100&status=failed", 200,
              Json{{"sagas", {a_saga(some_id, "failed")}}, {"total", 101}, {"nextCursor", nullptr}});
  const CommandResult outcome =
      sandbox.run({"retry", "--all", "--status", "failed", "--dry-run", "-o", "json", "--url", node.url()});
  EXPECT_EQ(outcome.json()["count"], 101) << outcome.out << outcome.err;
}

TEST(CliAmount, HasTwoDecimalPlacesEverywhere) {
  CliSandbox sandbox;
  FakeNode node;
  for (const Json& total : {Json(19), Json(19.0), Json("19"), Json("19.00")}) {
    Json order = an_order("paid");
    order["totalAmount"] = total;
    node.answer(std::string("GET /orders/") + some_id, 200, order);
    EXPECT_THAT(sandbox.run({"order", "get", some_id, "--url", node.url()}).out, HasSubstr("19.00"));
  }
}

TEST(CliItem, MayHaveAColonInItsName) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer("POST /orders", 201, an_order("pending"));
  EXPECT_EQ(sandbox.run({"order", "create", "--item", R"(urn\:isbn\:1:2:9.50)", "--url", node.url()}).code, 0);
  const Json item = node.requests().back().body["items"][0];
  EXPECT_EQ(item["productId"], "urn:isbn:1");
  EXPECT_EQ(item["quantity"], 2);
}

}  // namespace
}  // namespace sagactl
