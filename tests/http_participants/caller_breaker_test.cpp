// A participant that fails is not called until a probe succeeds.
#include <gmock/gmock.h>

#include <atomic>
#include <mutex>

#include "common/log.hpp"
#include "tests/http_participants/caller_under_test.hpp"
#include "tests/httpclient/scripted_server.hpp"

namespace sagactl {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(ParticipantBreaker, LeavesAFailingParticipantAloneAndFindsOutWhenItIsWell) {
  std::atomic<int> calls = 0;
  std::atomic<bool> is_well = false;
  ScriptedServer server([&](const Received&) {
    ++calls;
    return is_well ? answer(200, "{}") : answer(503, "");
  });
  std::mutex logging;
  std::string log;
  set_log_sink([&](std::string_view line) {
    const std::lock_guard lock(logging);
    log.append(line).append("\n");
  });
  const CallerUnderTest test;
  const auto trip = trip_to(server.url());
  for (int i = 0; i < 5; ++i) EXPECT_EQ(test.ask(call_of(trip)).status, 503);
  const ParticipantAnswer refused = test.ask(call_of(trip));
  EXPECT_FALSE(refused.was_called);
  EXPECT_FALSE(refused.was_sent);
  EXPECT_THAT(refused.failure, HasSubstr("the last 5 calls failed (answered 503)"));
  EXPECT_EQ(calls, 5);
  EXPECT_TRUE(test.caller->stats()[0].is_open);
  EXPECT_EQ(test.caller->stats()[0].failures, 5u);
  is_well = true;
  while (test.ask(call_of(trip)).status != 200) std::this_thread::yield();
  EXPECT_EQ(calls, 6);
  EXPECT_FALSE(test.caller->stats()[0].is_open);
  set_log_sink(nullptr);
  EXPECT_THAT(log, AllOf(HasSubstr("level=warn event=\"a participant fails"), HasSubstr("definition=trip"),
                         HasSubstr("answered 503"), HasSubstr("event=\"a participant answers again\"")));
}

TEST(ParticipantBreaker, CountsNoAnswerAndCountsNoRefusal) {
  const CallerUnderTest test;
  const auto nobody = trip_to("http://127.0.0.1:" + std::to_string(closed_port()));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(test.ask(call_of(nobody)).was_called);
  EXPECT_FALSE(test.ask(call_of(nobody)).was_called);
  ScriptedServer server([](const Received&) { return answer(409, "{}"); });
  const auto refusing = trip_to(server.url());
  for (int i = 0; i < 10; ++i) EXPECT_EQ(test.ask(call_of(refusing)).status, 409);
}

TEST(ParticipantBreaker, AnswersTheCallsThatWaitWhenItOpens) {
  Gate gate;
  ScriptedServer server([&](const Received&) {
    gate.wait();
    return answer(500, "");
  });
  const CallerUnderTest test;
  const auto trip = trip_to(server.url(), 10s, 1);
  Answers answers;
  for (int i = 0; i < 50; ++i) test.caller->call(call_of(trip), answers.next());
  gate.open();
  int called = 0;
  for (const ParticipantAnswer& answer : answers.wait_for(50)) called += answer.was_called ? 1 : 0;
  EXPECT_EQ(called, 5);
}

}  // namespace
}  // namespace sagactl
