// Two-phase messages of DTM's clients: docs/dtm.md.
#include "tests/api/dtm/dtm_site.hpp"

namespace sagactl::test {
namespace {

using Order = std::vector<std::string>;

TEST_F(Dtm, AMsgIsSentWhenItIsSubmitted) {
  EXPECT_EQ(post("prepare", msg("g")).status, 200);
  EXPECT_EQ(post("prepare", msg("g")).status, 200) << "a second time";
  EXPECT_EQ(statuses("g"), "prepared: prepared prepared");
  EXPECT_EQ(participant.calls().size(), 0u);
  EXPECT_EQ(post("submit", msg("g", {{"steps", Json::array()}, {"payloads", Json::array()}})).status, 200)
      << "what it does was said by its prepare";
  EXPECT_EQ(await_status("g", "succeed"), "succeed: succeed succeed");
  EXPECT_EQ(participant.order(), (Order{"/out action", "/in action"}));
  EXPECT_EQ(participant.calls()[0].target, "/out?branch_id=01&gid=g&op=action&trans_type=msg");
  EXPECT_EQ(post("prepare", msg("g")).status, 409);
  EXPECT_EQ(post("abort", msg("g")).status, 409);
}

TEST_F(Dtm, AMsgThatIsAbortedIsNotSent) {
  EXPECT_EQ(post("prepare", msg("g")).status, 200);
  EXPECT_EQ(post("abort", msg("g")).status, 200);
  EXPECT_EQ(statuses("g"), "failed: prepared prepared");
  EXPECT_EQ(post("submit", msg("g")).status, 409);
  EXPECT_EQ(participant.calls().size(), 0u);
}

// It was cut in the middle of a character, which PostgreSQL refuses: the message then stayed prepared.
TEST_F(Dtm, TheReasonOfAnAbortIsCutBetweenCharacters) {
  std::string reason = "x";
  for (int i = 0; i < 900; ++i) reason += "\u00fc";
  EXPECT_EQ(post("prepare", msg("g")).status, 200);
  EXPECT_EQ(post("abort", msg("g", {{"rollback_reason", reason}})).status, 200);
  EXPECT_EQ(query("g")["transaction"]["rollback_reason"], reason.substr(0, 999));
}

TEST_F(Dtm, AMsgNeverFails) {
  participant.script("/out action", {{409, "FAILURE"}, {500, ""}, {425, ""}});
  EXPECT_EQ(post("submit", msg("g")).status, 200);
  EXPECT_EQ(await_status("g", "succeed"), "succeed: succeed succeed");
  EXPECT_EQ(participant.calls("/out action").size(), 4u);
  participant.script("/out action", {{500, "busy"}}, true);
  EXPECT_EQ(post("submit", msg("h", {{"wait_result", true}, {"retry_interval", 60}})).status, 500);
  participant.script("/out action", {{409, "FAILURE"}}, true);
  EXPECT_EQ(post("submit", msg("i", {{"wait_result", true}, {"retry_interval", 60}})).status, 409);
}

TEST_F(Dtm, AConcurrentMsgCallsAllAtOnce) {
  participant.script("/out action", {{.waits_for = "/in action"}});
  participant.script("/in action", {{.waits_for = "/out action"}});
  EXPECT_EQ(post("submit", msg("g", {{"concurrent", true}})).status, 200);
  await_status("g", "succeed");
  EXPECT_LT(participant.calls("/in action")[0].began, participant.calls("/out action")[0].ended);
}

TEST_F(Dtm, ADelayHoldsAMsgBack) {
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(post("submit", msg("g", {{"custom_data", R"({"delay":1})"}})).status, 200);
  EXPECT_EQ(statuses("g"), "submitted: prepared prepared");
  await_status("g", "succeed");
  EXPECT_GE(std::chrono::steady_clock::now() - began, 900ms);
  EXPECT_EQ(query("g")["transaction"]["custom_data"], R"({"delay":1})");
}

struct Question {
  const char* name;
  std::vector<DtmAnswer> answers;
  const char* status;
};

class DtmQuestions : public Dtm, public testing::WithParamInterface<Question> {};

TEST_P(DtmQuestions, AboutAPreparedMsgDecideIt) {
  participant.script("/asked msg", {GetParam().answers.begin(), GetParam().answers.end()});
  EXPECT_EQ(post("prepare", msg("g", {{"timeout_to_fail", 1}})).status, 200);
  await_status("g", GetParam().status);
  const auto calls = participant.calls("/asked msg");
  ASSERT_EQ(calls.size(), std::max<std::size_t>(GetParam().answers.size(), 1));
  EXPECT_EQ(calls[0].method, "GET");
  EXPECT_EQ(calls[0].body, "");
  EXPECT_EQ(calls[0].target, "/asked?x=1&branch_id=00&gid=g&op=msg&trans_type=msg");
}

INSTANTIATE_TEST_SUITE_P(All, DtmQuestions,
                         testing::Values(Question{"Success", {}, "succeed"},
                                         Question{"Conflict", {{409, ""}}, "failed"},
                                         Question{"Failure", {{200, "FAILURE"}}, "failed"},
                                         Question{"OngoingThenSuccess", {{425, ""}, {200, ""}}, "succeed"},
                                         Question{"BrokenThenFailure", {{500, ""}, {409, ""}}, "failed"}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_F(Dtm, AMsgThatNobodyCanBeAskedAboutIsSent) {
  EXPECT_EQ(post("prepare", msg("g", {{"timeout_to_fail", 1}, {"query_prepared", nullptr}})).status, 200);
  EXPECT_EQ(await_status("g", "succeed"), "succeed: succeed succeed");
}

}  // namespace
}  // namespace sagactl::test
