// Many requests at once, each answered once; and what is said when no answer came.
#include "httpclient/async_http_client.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "tests/httpclient/blocking_send.hpp"
#include "tests/httpclient/scripted_server.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;
using After = TestAnswer::After;

TEST(AsyncHttpClient, SendsWhatItIsToldAndReadsTheAnswer) {
  ScriptedServer server([](const Received& received) {
    return answer(201, received.method + " " + received.path + " " + received.body + " " + received.headers.at("x-a"),
                  "Retry-After: 7\r\n");
  });
  const auto client = client_of(server.url() + "/v1");
  const auto response = ask(*client, {"POST", "/a?b", "{}", {{"X-A", "1"}}});
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->body, "POST /v1/a?b {} 1");
  EXPECT_EQ(response->header("retry-after"), "7");
}

TEST(AsyncHttpClient, ReadsAnswersOfEveryForm) {
  ScriptedServer server([](const Received& received) -> TestAnswer {
    if (received.path == "/chunked") return chunked_answer(200, {"a", "bc", "d"});
    if (received.path == "/until-closed") return {"HTTP/1.1 200 OK\r\n\r\nabcd", After::close};
    if (received.path == "/empty") return {"HTTP/1.1 204 No Content\r\n\r\n"};
    return answer(200, "abcd");
  });
  const auto client = client_of(server.url());
  for (const char* path : {"/chunked", "/until-closed", "/", "/chunked"})
    EXPECT_EQ(ask(*client, {"GET", path, "", {}})->body, "abcd") << path;
  EXPECT_EQ(ask(*client, {"GET", "/empty", "", {}})->status, 204);
}

TEST(AsyncHttpClient, KeepsItsConnectionAndOpensAnotherWhenTheServerClosedIt) {
  ScriptedServer server([](const Received& received) {
    TestAnswer given = answer(200, "x");
    if (received.path == "/last") given.after = After::close;
    return given;
  });
  const auto client = client_of(server.url());
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(ask(*client, {"GET", "/", "", {}}));
  EXPECT_EQ(server.connections(), 1u);
  EXPECT_TRUE(ask(*client, {"GET", "/last", "", {}}));
}

struct Broken {
  const char* name;
  TestAnswer given;
  const char* said;
};

TEST(AsyncHttpClient, DoesNotKnowTheOutcomeOfARequestThatWasSentAndNotAnswered) {
  const Broken rows[] = {
      {"closed", {"", After::close}, "the connection broke"},
      {"reset", {"", After::reset}, "the connection broke"},
      {"half", {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", After::close}, "the connection broke"},
      {"half a head", {"HTTP/1.1 200 OK\r\nConte", After::close}, "the connection broke"},
      {"no HTTP", {"220 mail.example ESMTP\r\n", After::close}, "no answer of HTTP"},
      {"long", answer(200, std::string(2000, 'x')), "no answer of HTTP"},
  };
  for (const Broken& row : rows) {
    ScriptedServer server([&](const Received&) { return row.given; });
    AsyncHttpOptions options;
    options.body_max = 1000;
    const auto client = client_of(server.url(), options);
    const auto response = ask(*client, {"POST", "/", "{}", {}});
    ASSERT_FALSE(response) << row.name;
    EXPECT_EQ(response.error().code, ErrorCode::unknown_outcome) << row.name;
    EXPECT_THAT(response.error().message, HasSubstr(row.said)) << row.name;
  }
}

TEST(AsyncHttpClient, KnowsThatNothingWasDoneWhenNothingWasSent) {
  for (const std::string& url :
       {"http://127.0.0.1:" + std::to_string(closed_port()), std::string("http://no-such-host.invalid")}) {
    const auto client = client_of(url);
    const auto response = ask(*client, {"POST", "/", "{}", {}});
    ASSERT_FALSE(response) << url;
    EXPECT_EQ(response.error().code, ErrorCode::unavailable) << url;
  }
}

TEST(AsyncHttpClient, TellsARequestThatWaitedInVainFromOneThatWasSent) {
  std::promise<void> received;
  ScriptedServer server([&](const Received&) -> TestAnswer {
    received.set_value();
    return {"", After::silence};
  });
  AsyncHttpOptions options;
  options.connections_max = 1;
  auto client = client_of(server.url(), options);
  std::promise<Result<HttpResponse>> first, second;
  client->send({"POST", "/1", "{}", {}}, [&](Result<HttpResponse> response) { first.set_value(std::move(response)); });
  client->send({"POST", "/2", "{}", {}}, [&](Result<HttpResponse> response) { second.set_value(std::move(response)); });
  received.get_future().wait();
  client.reset();
  EXPECT_EQ(first.get_future().get().error().code, ErrorCode::unknown_outcome);
  EXPECT_EQ(second.get_future().get().error().code, ErrorCode::unavailable);
}

TEST(AsyncHttpClient, DoesNotKnowWhatBecameOfARequestThatIsNotAnsweredInTime) {
  ScriptedServer server([](const Received&) -> TestAnswer { return {"", After::silence}; });
  AsyncHttpOptions options;
  options.timeout = 500ms;
  const auto client = client_of(server.url(), options);
  EXPECT_EQ(ask(*client, {"POST", "/", "{}", {}}).error().code, ErrorCode::unknown_outcome);
}

TEST(AsyncHttpClient, GivesNoRequestAnAnswerThatCameUnasked) {
  std::atomic<int> number = 0;
  ScriptedServer server([&](const Received&) -> TestAnswer {
    const TestAnswer once = answer(200, std::to_string(number++));
    return {once.bytes + once.bytes};
  });
  const auto client = client_of(server.url());
  for (int i = 0; i < 20; ++i) EXPECT_EQ(ask(*client, {"GET", "/", "", {}})->body, std::to_string(i));
}

TEST(AsyncHttpClient, AnswersEveryRequestOnceAlsoWhenItGoes) {
  ScriptedServer server([](const Received& received) -> TestAnswer {
    if (received.path == "/silent") return {"", After::silence};
    return answer(200, "x");
  });
  std::atomic<int> answers = 0;
  constexpr int threads = 4, each = 100;
  {
    AsyncHttpOptions options;
    options.connections_max = 3;
    const auto client = client_of(server.url(), options);
    std::vector<std::jthread> callers;
    for (int thread = 0; thread < threads; ++thread)
      callers.emplace_back([&] {
        for (int i = 0; i < each; ++i)
          client->send({"POST", i % 40 ? "/" : "/silent", "{}", {}}, [&](const Result<HttpResponse>&) { ++answers; });
      });
    callers.clear();
  }
  EXPECT_EQ(answers, threads * each);
  EXPECT_LE(server.connections(), 3u);
}

TEST(AsyncHttpClient, AnswersARequestThatIsMadeWhileItGoes) {
  ScriptedServer server([](const Received&) -> TestAnswer { return {"", After::silence}; });
  std::atomic<int> answers = 0;
  {
    const auto client = client_of(server.url());
    AsyncHttpClient* again = client.get();
    client->send({"GET", "/", "", {}}, [&answers, again](const Result<HttpResponse>&) {
      ++answers;
      again->send({"GET", "/", "", {}}, [&answers](const Result<HttpResponse>&) { ++answers; });
    });
  }
  EXPECT_EQ(answers, 2);
}

TEST(AsyncHttpClient, TakesNoMoreThanItMayHold) {
  ScriptedServer server([](const Received&) -> TestAnswer { return {"", After::silence}; });
  AsyncHttpOptions options;
  options.requests_max = 2;
  const auto client = client_of(server.url(), options);
  for (int i = 0; i < 2; ++i) client->send({"GET", "/", "", {}}, [](const Result<HttpResponse>&) {});
  const auto turned_away = ask(*client, {"GET", "/", "", {}});
  ASSERT_FALSE(turned_away);
  EXPECT_EQ(turned_away.error().code, ErrorCode::busy);
}

}  // namespace
}  // namespace sagactl
