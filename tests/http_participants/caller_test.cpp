// One call at a time: what is sent, and what each way of answering, or not answering, is reported as.
#include <gmock/gmock.h>

#include <atomic>

#include "server/auth/answer_token.hpp"
#include "tests/http_participants/caller_under_test.hpp"
#include "tests/httpclient/scripted_server.hpp"
#include "tests/httpclient/unresponsive_address.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;
using After = TestAnswer::After;

TEST(ParticipantCaller, SendsTheCallAsGivenAndReadsTheAnswer) {
  Received got;
  ScriptedServer server([&](const Received& received) {
    got = received;
    return answer(201, R"({"id":7})");
  });
  const CallerUnderTest test;
  const ParticipantAnswer answered = test.ask(call_of(trip_to(server.url() + "/api"), "/bookings?a=b%20c"));
  EXPECT_EQ(answered.status, 201) << answered.failure;
  EXPECT_EQ(answered.body, R"({"id":7})");
  EXPECT_TRUE(answered.was_sent && answered.was_called);
  EXPECT_GT(answered.took, Duration{0});
  EXPECT_EQ(got.method, "POST");
  EXPECT_EQ(got.path, "/api/bookings?a=b%20c");
  EXPECT_EQ(got.body, R"({"guest":"Ada"})");
  EXPECT_EQ(got.headers.at("host"), server.url().substr(7));
  EXPECT_EQ(got.headers.at("content-type"), "application/json");
  EXPECT_THAT(got.headers.at("idempotency-key"), MatchesRegex("\".*/hotel/do/1\""));
  EXPECT_THAT(got.headers.at("saga-deadline"), MatchesRegex("2.*T.*Z"));
}

TEST(ParticipantCaller, KeepsItsConnectionForTheNextCall) {
  ScriptedServer server([](const Received&) { return answer(200, "{}"); });
  const CallerUnderTest test;
  const auto trip = trip_to(server.url());
  for (int i = 0; i < 20; ++i) EXPECT_EQ(test.ask(call_of(trip)).status, 200);
  EXPECT_EQ(server.connections(), 1u);
}

TEST(ParticipantCaller, ReadsAnswersOfEveryForm) {
  ScriptedServer server([](const Received& received) -> TestAnswer {
    if (received.path == "/chunked") return chunked_answer(200, {"a", "bc", "d"});
    if (received.path == "/until-closed") return {"HTTP/1.1 200 OK\r\n\r\nabcd", After::close};
    if (received.path == "/interim")
      return {"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + answer(200, "abcd").bytes};
    if (received.path == "/last")
      return {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nabcd", After::close};
    if (received.path == "/empty") return {"HTTP/1.1 204 No Content\r\n\r\n"};
    return answer(200, "abcd");
  });
  const CallerUnderTest test;
  const auto trip = trip_to(server.url());
  for (const char* path : {"/chunked", "/until-closed", "/", "/interim", "/last", "/chunked"})
    EXPECT_EQ(test.ask(call_of(trip, path)).body, "abcd") << path;
  EXPECT_EQ(test.ask(call_of(trip, "/empty")).status, 204);
}

struct FailingAnswer {
  const char* name;
  TestAnswer given;
  const char* reason;
};

TEST(ParticipantCaller, DoesNotKnowWhatBecameOfACallThatWasSentAndNotAnswered) {
  const FailingAnswer rows[] = {
      {"closed", {"", After::close}, "the connection was closed"},
      {"reset", {"", After::reset}, "connection reset by peer"},
      {"half", {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", After::close}, "in the middle of the answer"},
      {"no HTTP", {"220 mail.example ESMTP\r\n", After::close}, "is this an HTTP server?"},
      {"long", answer(200, std::string(64 * 1024 + 1, 'x')), "its answer is over 64 KB"},
      {"silent", {"", After::silence}, "no answer within 2"},
      {"half and silent", {"HTTP/1.1 200 OK\r\nContent-Le", After::silence}, "no answer within 2"},
  };
  for (const FailingAnswer& row : rows) {
    ScriptedServer server([&](const Received&) { return row.given; });
    const CallerUnderTest test;
    const bool is_silent = row.given.after == After::silence;
    const ParticipantAnswer answered =
        test.ask(call_of(trip_to(server.url(), is_silent ? Duration{2s} : Duration{hang_limit})));
    EXPECT_EQ(answered.status, 0) << row.name;
    EXPECT_THAT(answered.failure, HasSubstr(row.reason)) << row.name;
    EXPECT_TRUE(answered.was_sent && answered.was_called) << row.name;
  }
}

TEST(ParticipantCaller, ReadsAnAnswerOf64Kilobytes) {
  ScriptedServer server([](const Received&) { return answer(200, std::string(64 * 1024, 'x')); });
  const CallerUnderTest test;
  EXPECT_EQ(test.ask(call_of(trip_to(server.url()))).body.size(), 64u * 1024);
}

TEST(ParticipantCaller, KnowsThatNothingWasSentWhereNothingAnswers) {
  const std::uint16_t silent_port = closed_port();
  const UnresponsiveAddress silent(silent_port);
  struct Row {
    std::string url;
    const char* reason;
    Duration timeout;
  };
  const Row rows[] = {
      {"http://127.0.0.1:" + std::to_string(closed_port()), "connection refused", hang_limit},
      {"http://no-such-host.invalid", "cannot resolve the host 'no-such-host.invalid'", hang_limit},
      {"http://127.0.0.1:" + std::to_string(silent_port), "no connection to http://127.0.0.1", 500ms},
  };
  ParticipantCallerOptions options;
  options.allow = {"127.0.0.1", "no-such-host.invalid"};
  const CallerUnderTest test(options);
  for (const auto& [url, reason, timeout] : rows) {
    const ParticipantAnswer answered = test.ask(call_of(trip_to(url, timeout)));
    EXPECT_EQ(answered.status, 0) << url;
    EXPECT_THAT(answered.failure, HasSubstr(reason)) << url;
    EXPECT_FALSE(answered.was_sent) << url;
    EXPECT_TRUE(answered.was_called) << url;
  }
}

// The server closes the kept connection when the second call is there: it may have read it.
TEST(ParticipantCaller, NeverSendsACallTwice) {
  std::atomic<int> calls = 0;
  ScriptedServer server([&](const Received&) -> TestAnswer {
    if (++calls % 2 == 0) return {"", After::close};
    return answer(200, "{}");
  });
  const CallerUnderTest test;
  const auto trip = trip_to(server.url());
  EXPECT_EQ(test.ask(call_of(trip)).status, 200);
  const ParticipantAnswer lost = test.ask(call_of(trip));
  EXPECT_EQ(lost.status, 0);
  EXPECT_TRUE(lost.was_sent);
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(test.ask(call_of(trip)).status, 200);
}

TEST(ParticipantCaller, ClosesAConnectionThatItDoesNotUseBeforeTheServerDoes) {
  ScriptedServer server([](const Received&) { return answer(200, "{}", "Keep-Alive: timeout=1, max=100\r\n"); });
  const CallerUnderTest test;
  const auto trip = trip_to(server.url());
  EXPECT_EQ(test.ask(call_of(trip)).status, 200);
  server.wait_until_all_are_closed();
  EXPECT_EQ(test.ask(call_of(trip)).status, 200);
  EXPECT_EQ(server.connections(), 2u);
}

TEST(ParticipantCaller, SaysWhenAndWhereToAskAgain) {
  ScriptedServer server([](const Received& received) {
    if (received.path == "/accepted") return answer(202, "", "Location: ../jobs/1\r\nRetry-After: 3\r\n");
    return answer(503, "", "Retry-After: 120\r\n");
  });
  const CallerUnderTest test;
  const auto trip = trip_to(server.url());
  const ParticipantAnswer accepted = test.ask(call_of(trip, "/accepted"));
  EXPECT_EQ(accepted.location, "../jobs/1");
  EXPECT_EQ(accepted.retry_after, std::optional<Duration>(3s));
  EXPECT_EQ(test.ask(call_of(trip, "/busy")).retry_after, std::optional<Duration>(120s));
}

TEST(ParticipantCaller, FollowsNoRedirect) {
  std::atomic<int> calls = 0;
  ScriptedServer server([&](const Received&) {
    ++calls;
    return answer(307, "", "Location: /elsewhere\r\n");
  });
  const CallerUnderTest test;
  EXPECT_EQ(test.ask(call_of(trip_to(server.url()))).status, 307);
  EXPECT_EQ(calls, 1);
}

TEST(ParticipantCaller, TellsWhereToAnswerLater) {
  Received got;
  ScriptedServer server([&](const Received& received) {
    got = received;
    return answer(200, "{}");
  });
  ParticipantCallerOptions options;
  options.shared_secret = "of the cluster";
  const CallerUnderTest test(options);
  const auto trip = trip_to(server.url());
  test.ask(call_of(trip));
  EXPECT_FALSE(got.headers.contains("saga-answer")) << "this node's address is not known yet";
  test.caller->set_node_url("http://node:3000");
  ParticipantCall call = call_of(trip);
  call.call.execution = 2;
  call.call.direction = Direction::compensation;
  const std::string saga = call.call.saga.text();
  test.ask(std::move(call));
  const std::string url = got.headers.at("saga-answer");
  const std::string beginning = "http://node:3000/sagas/" + saga + "/steps/hotel/answer?token=";
  ASSERT_THAT(url, StartsWith(beginning));
  const auth::AnswerTokens tokens("of the cluster");
  EXPECT_EQ(tokens.verify(url.substr(beginning.size()), saga, "hotel"), (auth::AnsweredCall{true, 2}));
}

TEST(ParticipantCaller, SendsNothingThatWouldBreakOutOfItsPlaceInTheRequest) {
  std::atomic<int> calls = 0;
  ScriptedServer server([&](const Received&) {
    ++calls;
    return answer(200, "{}");
  });
  const CallerUnderTest test;
  const auto trip = trip_to(server.url());
  ParticipantCall header = call_of(trip);
  header.headers.emplace_back("X-Tenant", "a\r\nHost: evil");
  ParticipantCall path = call_of(trip, "/a HTTP/1.1\r\nX: y");
  for (ParticipantCall& call : {std::ref(header), std::ref(path)}) {
    const ParticipantAnswer answered = test.ask(std::move(call));
    EXPECT_FALSE(answered.was_called);
    EXPECT_THAT(answered.failure, HasSubstr("has a character that none may have"));
  }
  EXPECT_EQ(calls, 0);
}

TEST(ParticipantCaller, AnswersEveryCallOnceWhenItIsDestroyed) {
  ScriptedServer server([](const Received&) -> TestAnswer { return {"", After::silence}; });
  Answers answers;
  {
    const CallerUnderTest test;
    const auto trip = trip_to(server.url(), 10s, 2);
    for (int i = 0; i < 5; ++i) test.caller->call(call_of(trip), answers.next());
  }
  ASSERT_EQ(answers.count(), 5u);
  int called = 0;
  for (const ParticipantAnswer& answer : answers.wait_for(5)) {
    EXPECT_THAT(answer.failure, HasSubstr("this node is stopping"));
    called += answer.was_called ? 1 : 0;
  }
  EXPECT_LE(called, 2);
}

}  // namespace
}  // namespace sagactl
