// Many calls: those that run, those that wait, and those that are withdrawn.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <fstream>

#include "tests/http_participants/caller_under_test.hpp"
#include "tests/httpclient/scripted_server.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

// Answers when the gate is opened, and counts how many calls it has at once.
class SlowServer {
 public:
  Gate gate;
  std::atomic<int> calls = 0, running = 0, most = 0;
  ScriptedServer server{[this](const Received&) {
    ++calls;
    most = std::max<int>(most, ++running);
    gate.wait();
    --running;
    return answer(200, "{}");
  }};
};

TEST(ParticipantQueue, MakesNoMoreCallsAtOnceThanTheParticipantTakes) {
  SlowServer slow;
  const CallerUnderTest test;
  const auto trip = trip_to(slow.server.url(), 10s, 3);
  Answers answers;
  for (int i = 0; i < 20; ++i) test.caller->call(call_of(trip), answers.next());
  slow.gate.await(3);
  slow.gate.open();
  for (const ParticipantAnswer& answer : answers.wait_for(20)) EXPECT_EQ(answer.status, 200) << answer.failure;
  EXPECT_EQ(slow.most, 3);
}

TEST(ParticipantQueue, HoldsUpNoOtherParticipant) {
  SlowServer slow;
  ScriptedServer fast([](const Received&) { return answer(200, "{}"); });
  const CallerUnderTest test;
  const auto trip = trip_to(slow.server.url(), 10s, 2);
  Answers answers;
  for (int i = 0; i < 100; ++i) test.caller->call(call_of(trip), answers.next());
  slow.gate.await(2);
  const auto other = trip_to(fast.url());
  for (int i = 0; i < 50; ++i) EXPECT_EQ(test.ask(call_of(other)).status, 200);
  EXPECT_EQ(answers.count(), 0u);
  slow.gate.open();
  answers.wait_for(100);
}

TEST(ParticipantQueue, AnswersAtOnceWhatItHasNoRoomFor) {
  SlowServer slow;
  ParticipantCallerOptions options;
  options.waiting_max = 2;
  const CallerUnderTest test(options);
  const auto trip = trip_to(slow.server.url(), 10s, 1);
  Answers answers;
  for (int i = 0; i < 3; ++i) test.caller->call(call_of(trip), answers.next());
  const ParticipantAnswer refused = test.ask(call_of(trip));
  EXPECT_FALSE(refused.was_called);
  EXPECT_FALSE(refused.was_sent);
  EXPECT_THAT(refused.failure, HasSubstr("2 calls to it wait already, and 1 run"));
  slow.gate.open();
  answers.wait_for(3);
}

TEST(ParticipantQueue, AnswersACallThatHasWaitedForItsTimeLimitAsNotCalled) {
  SlowServer slow;
  const CallerUnderTest test;
  const auto trip = trip_to(slow.server.url(), 300ms, 1);
  Answers answers;
  for (int i = 0; i < 4; ++i) test.caller->call(call_of(trip), answers.next());
  int waited = 0;
  for (const ParticipantAnswer& answer : answers.wait_for(4)) {
    if (answer.was_called) continue;
    ++waited;
    EXPECT_THAT(answer.failure, HasSubstr("1 calls to it run"));
  }
  EXPECT_GE(waited, 2);
  EXPECT_LE(slow.calls, 2);
  slow.gate.open();
}

TEST(ParticipantQueue, WithdrawsTheActionsOfASagaThatHaveNotBegun) {
  SlowServer slow;
  const CallerUnderTest test;
  const auto trip = trip_to(slow.server.url(), 10s, 1);
  const SagaId saga = SagaId::fresh();
  Answers others, actions, rest;
  test.caller->call(call_of(trip), others.next());
  slow.gate.await(1);
  for (int i = 0; i < 3; ++i) test.caller->call(call_of(trip, "/bookings", saga), actions.next());
  ParticipantCall question = call_of(trip, "/bookings", saga), undo = question;
  question.is_question = true;
  undo.call.direction = Direction::compensation;
  test.caller->call(std::move(question), rest.next());
  test.caller->call(std::move(undo), rest.next());
  test.caller->call(call_of(trip), rest.next());
  test.caller->withdraw(saga);
  for (const ParticipantAnswer& answer : actions.wait_for(3)) {
    EXPECT_FALSE(answer.was_called);
    EXPECT_FALSE(answer.was_sent);
  }
  EXPECT_EQ(others.count() + rest.count(), 0u);
  test.caller->call(call_of(trip, "/bookings", saga), rest.next());
  slow.gate.open();
  for (const ParticipantAnswer& answer : rest.wait_for(4)) EXPECT_EQ(answer.status, 200) << answer.failure;
  EXPECT_EQ(slow.calls, 5) << "a later action of the same saga is made";
}

TEST(ParticipantQueue, BeginsNothingOnceItHasReturnedFromWithdrawing) {
  std::atomic<bool> is_withdrawn = false;
  std::atomic<int> begun_after = 0;
  ScriptedServer server([](const Received&) { return answer(200, "{}"); });
  for (int round = 0; round < 50; ++round) {
    const CallerUnderTest test;
    const auto trip = trip_to(server.url(), 10s, 4);
    const SagaId saga = SagaId::fresh();
    is_withdrawn = false;
    // The guard is asked as the last thing before a call begins.
    test.caller->set_guard([&] {
      if (is_withdrawn) ++begun_after;
      return true;
    });
    Answers answers;
    for (int i = 0; i < 40; ++i) test.caller->call(call_of(trip, "/bookings", saga), answers.next());
    test.caller->withdraw(saga);
    is_withdrawn = true;
    answers.wait_for(40);
  }
  EXPECT_LE(begun_after, 50) << "one that was beginning at that moment, at most";
}

TEST(ParticipantQueue, BeginsNothingThatTheGuardForbids) {
  SlowServer slow;
  const CallerUnderTest test;
  std::atomic<bool> may_begin = true;
  test.caller->set_guard([&] { return may_begin.load(); });
  const auto trip = trip_to(slow.server.url(), 10s, 1);
  Answers answers;
  for (int i = 0; i < 3; ++i) test.caller->call(call_of(trip), answers.next());
  slow.gate.await(1);
  may_begin = false;
  slow.gate.open();
  int called = 0;
  for (const ParticipantAnswer& answer : answers.wait_for(3)) called += answer.was_called ? 1 : 0;
  EXPECT_EQ(called, 1);
  EXPECT_EQ(slow.calls, 1);
}

// A server that accepts connections and neither reads nor answers.
class DeafServer {
 public:
  DeafServer() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof here;
    if (bind(listener_, reinterpret_cast<sockaddr*>(&here), size) != 0 || listen(listener_, 4096) != 0)
      crash("the test's server cannot listen");
    getsockname(listener_, reinterpret_cast<sockaddr*>(&here), &size);
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(here.sin_port));
  }
  ~DeafServer() { close(listener_); }
  const std::string& url() const { return url_; }

 private:
  int listener_;
  std::string url_;
};

std::size_t resident_megabytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t all = 0, resident = 0;
  file >> all >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) >> 20;
}

TEST(ParticipantQueue, OfTenThousandSlowCallsTakesLittleMemory) {
  const DeafServer deaf;
  Answers answers;
  {
    const CallerUnderTest test;
    const std::size_t before = resident_megabytes();
    for (int participant = 0; participant < 10; ++participant) {
      const auto trip = trip_to(deaf.url() + "/" + std::to_string(participant), 60s);
      for (int i = 0; i < 1000; ++i) {
        ParticipantCall call = call_of(trip);
        call.body.assign(1024, 'x');
        test.caller->call(std::move(call), answers.next());
      }
    }
    const auto total = [&](std::size_t ParticipantStats::*number) {
      std::size_t sum = 0;
      for (const ParticipantStats& it : test.caller->stats()) sum += it.*number;
      return sum;
    };
    while (total(&ParticipantStats::running) + total(&ParticipantStats::waiting) < 10'000) std::this_thread::yield();
    EXPECT_EQ(total(&ParticipantStats::running), 640u);
    EXPECT_LT(resident_megabytes() - before, 100u);
  }
  EXPECT_EQ(answers.count(), 10'000u);
}

TEST(ParticipantQueue, IsShownWithItsCallsByParticipant) {
  SlowServer slow;
  const CallerUnderTest test;
  const auto trip = trip_to(slow.server.url(), 10s, 2);
  Answers answers;
  for (int i = 0; i < 5; ++i) test.caller->call(call_of(trip), answers.next());
  slow.gate.await(2);
  while (test.caller->stats().empty() || test.caller->stats()[0].waiting < 3) std::this_thread::yield();
  ParticipantStats stats = test.caller->stats()[0];
  EXPECT_EQ(stats.definition + "/" + stats.participant, "trip/hotel");
  EXPECT_EQ(stats.running, 2u);
  EXPECT_EQ(stats.waiting, 3u);
  EXPECT_FALSE(stats.is_open);
  slow.gate.open();
  answers.wait_for(5);
  stats = test.caller->stats()[0];
  EXPECT_EQ(stats.calls, 5u);
  EXPECT_EQ(stats.failures, 0u);
  EXPECT_EQ(stats.running + stats.waiting, 0u);
  EXPECT_GT(stats.took_total, Duration{0});
}

}  // namespace
}  // namespace sagactl
