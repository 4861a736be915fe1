// Many requests at once, each answered once; and the errors of those that have no response.
#include "httpclient/async_http_client.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <latch>
#include <thread>

#include "tests/httpclient/blocking_send.hpp"
#include "tests/httpclient/scripted_server.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;
using After = TestAnswer::After;

TEST(AsyncHttpClient, SendsTheRequestAsGivenAndReadsTheResponse) {
  ScriptedServer server([](const Received& received) {
    return answer(201, received.method + " " + received.path + " " + received.body + " " + received.headers.at("x-a"),
                  "Retry-After: 7\r\n");
  });
  const auto client = client_of(server.url() + "/v1");
  const auto response = send_and_wait(*client, {"POST", "/a?b", "{}", {{"X-A", "1"}}});
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
    if (received.path == "/interim")
      return {"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + answer(200, "abcd").bytes};
    return answer(200, "abcd");
  });
  const auto client = client_of(server.url());
  for (const char* path : {"/chunked", "/until-closed", "/", "/interim", "/chunked"})
    EXPECT_EQ(send_and_wait(*client, {"GET", path, "", {}})->body, "abcd") << path;
  EXPECT_EQ(send_and_wait(*client, {"GET", "/empty", "", {}})->status, 204);
}

TEST(AsyncHttpClient, ReadsAHeadOfManyKilobytes) {
  const std::string cookie(std::size_t{20} * 1024, 'c');
  ScriptedServer server([&](const Received&) {
    return answer(200, "{}", "Set-Cookie: a=" + cookie + "\r\nSet-Cookie: b=" + cookie + "\r\nX-Last: here\r\n");
  });
  const auto client = client_of(server.url());
  for (int i = 0; i < 2; ++i) EXPECT_EQ(send_and_wait(*client, {"POST", "/", "{}", {}})->header("x-last"), "here");
  EXPECT_EQ(server.connections(), 1u);
}

TEST(AsyncHttpClient, KeepsItsConnectionAndOpensAnotherWhenTheServerClosedIt) {
  ScriptedServer server([](const Received& received) {
    TestAnswer given = answer(200, "x");
    if (received.path == "/last") given.after = After::close;
    return given;
  });
  const auto client = client_of(server.url());
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(send_and_wait(*client, {"GET", "/", "", {}}));
  EXPECT_EQ(server.connections(), 1u);
  EXPECT_TRUE(send_and_wait(*client, {"GET", "/last", "", {}}));
}

// What lies between may have forgotten it, and the server's name may have another address.
TEST(AsyncHttpClient, UsesNoConnectionAgainThatIsOldOrWasIdleForLong) {
  for (const bool is_old : {true, false}) {
    ScriptedServer server([](const Received&) { return answer(200, "x"); });
    AsyncHttpClientOptions options;
    (is_old ? options.kept.time : options.kept.idle_time) = Duration{0};
    const auto client = client_of(server.url(), options);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(send_and_wait(*client, {"POST", "/", "{}", {}}));
    EXPECT_EQ(server.connections(), 3u);
  }
}

std::string many_fields(int kilobytes) {
  std::string fields;
  for (int i = 0; i < kilobytes; ++i) fields += "Set-Cookie: " + std::string(1024 - 14, 'c') + "\r\n";
  return fields;
}

struct FailingAnswer {
  const char* name;
  TestAnswer given;
  const char* reason;
};

TEST(AsyncHttpClient, DoesNotKnowTheOutcomeOfARequestThatWasSentAndNotAnswered) {
  const FailingAnswer rows[] = {
      {"closed", {"", After::close}, "the connection was closed"},
      {"reset", {"", After::reset}, "connection reset by peer"},
      {"half",
       {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", After::close},
       "closed in the middle of the answer"},
      {"half a head", {"HTTP/1.1 200 OK\r\nConte", After::close}, "closed in the middle of the answer"},
      {"no HTTP", {"220 mail.example ESMTP\r\n", After::close}, "is this an HTTP server?"},
      {"long", answer(200, std::string(2000, 'x')), "the answer is longer than 1000 bytes"},
      {"a long head", answer(200, "", "X-Long: " + std::string(std::size_t{65} * 1024, 'x') + "\r\n"),
       "the head of the answer is longer than 64 kB"},
      {"a head of many fields", answer(200, "", many_fields(66)), "the head of the answer is longer than 64 kB"},
  };
  for (const FailingAnswer& row : rows) {
    ScriptedServer server([&](const Received&) { return row.given; });
    AsyncHttpClientOptions options;
    options.body_max = 1000;
    const auto client = client_of(server.url(), options);
    const auto response = send_and_wait(*client, {"POST", "/", "{}", {}});
    ASSERT_FALSE(response) << row.name;
    EXPECT_EQ(response.error().code, ErrorCode::unknown_outcome) << row.name;
    EXPECT_THAT(response.error().message, HasSubstr(row.reason)) << row.name;
  }
}

TEST(AsyncHttpClient, KnowsThatNothingWasDoneWhenNothingWasSent) {
  for (const std::string& url :
       {"http://127.0.0.1:" + std::to_string(closed_port()), std::string("http://no-such-host.invalid")}) {
    const auto client = client_of(url);
    const auto response = send_and_wait(*client, {"POST", "/", "{}", {}});
    ASSERT_FALSE(response) << url;
    EXPECT_EQ(response.error().code, ErrorCode::unavailable) << url;
  }
}

TEST(AsyncHttpClient, DistinguishesARequestThatWasSentFromOneThatWaitedForAConnection) {
  std::promise<void> received;
  ScriptedServer server([&](const Received&) -> TestAnswer {
    received.set_value();
    return {"", After::silence};
  });
  AsyncHttpClientOptions options;
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

TEST(AsyncHttpClient, DoesNotKnowTheOutcomeOfARequestThatIsNotAnsweredInTime) {
  ScriptedServer server([](const Received&) -> TestAnswer { return {"", After::silence}; });
  AsyncHttpClientOptions options;
  options.timeout = 2s;
  const auto client = client_of(server.url(), options);
  EXPECT_EQ(send_and_wait(*client, {"POST", "/", "{}", {}}).error().code, ErrorCode::unknown_outcome);
}

// The server closes the idle connection when the second request is there.
TEST(AsyncHttpClient, RepeatsAGetWhoseIdleConnectionTheServerClosed) {
  std::atomic<int> requests = 0;
  ScriptedServer server([&](const Received&) -> TestAnswer {
    if (++requests % 2 == 0) return {"", After::close};
    return answer(200, "x");
  });
  const auto client = client_of(server.url());
  EXPECT_EQ(send_and_wait(*client, {"GET", "/", "", {}})->body, "x");
  EXPECT_EQ(send_and_wait(*client, {"GET", "/", "", {}})->body, "x");
  EXPECT_EQ(requests, 3);
  EXPECT_EQ(send_and_wait(*client, {"POST", "/", "{}", {}}).error().code, ErrorCode::unknown_outcome);
  EXPECT_EQ(requests, 4) << "what may have been done is not repeated";
}

TEST(AsyncHttpClient, DiscardsAResponseThatNoRequestAskedFor) {
  std::atomic<int> number = 0;
  ScriptedServer server([&](const Received&) -> TestAnswer {
    const TestAnswer once = answer(200, std::to_string(number++));
    return {once.bytes + once.bytes};
  });
  const auto client = client_of(server.url());
  for (int i = 0; i < 20; ++i) EXPECT_EQ(send_and_wait(*client, {"GET", "/", "", {}})->body, std::to_string(i));
}

TEST(AsyncHttpClient, AnswersEveryRequestOnceEvenWhenItIsDestroyed) {
  ScriptedServer server([](const Received& received) -> TestAnswer {
    if (received.path == "/silent") return {"", After::silence};
    return answer(200, "x");
  });
  std::atomic<int> answers = 0;
  constexpr int threads = 4, each = 100;
  {
    AsyncHttpClientOptions options;
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

TEST(AsyncHttpClient, AnswersARequestThatIsSentWhileItStops) {
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

TEST(AsyncHttpClient, AnswersWhatOtherThreadsSendWhileItStops) {
  ScriptedServer server([](const Received&) -> TestAnswer { return {"", After::silence}; });
  AsyncHttpClientOptions options;
  options.connections_max = 1;
  options.requests_max = 100;
  constexpr int rounds = 20, threads = 4;
  std::atomic<int> sent = 0, answers = 0;
  for (int round = 0; round < rounds; ++round) {
    const auto client = client_of(server.url(), options);
    std::atomic<bool> is_stopped = false;
    std::latch sending(threads);
    std::vector<std::jthread> callers;
    for (int thread = 0; thread < threads; ++thread)
      callers.emplace_back([&] {
        sending.count_down();
        while (!is_stopped) {
          ++sent;
          client->send({"POST", "/", "{}", {}}, [&](const Result<HttpResponse>&) { ++answers; });
        }
      });
    sending.wait();
    client->stop();
    is_stopped = true;
    callers.clear();
    ASSERT_EQ(answers, sent) << "in round " << round;
  }
}

TEST(AsyncHttpClient, RefusesRequestsOverItsLimit) {
  ScriptedServer server([](const Received&) -> TestAnswer { return {"", After::silence}; });
  AsyncHttpClientOptions options;
  options.requests_max = 2;
  const auto client = client_of(server.url(), options);
  for (int i = 0; i < 2; ++i) client->send({"GET", "/", "", {}}, [](const Result<HttpResponse>&) {});
  const auto refused = send_and_wait(*client, {"GET", "/", "", {}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::busy);
}

}  // namespace
}  // namespace sagactl
