#include "httpclient/http_client.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/httpclient/scripted_server.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

using After = TestAnswer::After;

HttpClient client_of(const ScriptedServer& server, HttpClientOptions options = {}) {
  return HttpClient(*parse_node_url(server.url()), std::move(options));
}

TEST(HttpClient, SendsMethodPathTokenAndBody) {
  ScriptedServer server([](const Received& request) {
    const Json echo = {{"method", request.method},
                       {"path", request.path},
                       {"token", request.headers.at("authorization")},
                       {"body", request.body}};
    return answer(200, echo.dump());
  });
  HttpClient client(*parse_node_url(server.url() + "/base"), {.token = "secret"});
  const auto response = client.post("/orders?page=1", {{"a", 1}});
  ASSERT_TRUE(response.ok()) << response.error().message;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->header("CONTENT-TYPE"), "application/json");
  const Json echo = *response->json();
  EXPECT_EQ(echo["method"], "POST");
  EXPECT_EQ(echo["path"], "/base/orders?page=1");
  EXPECT_EQ(echo["token"], "Bearer secret");
  EXPECT_EQ(echo["body"], R"({"a":1})");
  EXPECT_EQ((*client.del("/x")->json())["body"], "");
  EXPECT_EQ((*client.put("/x", Json::array())->json())["method"], "PUT");
  EXPECT_EQ(server.connections(), 1u) << "one connection serves all";
}

TEST(HttpClient, SaysThatAServerExpectsHttps) {
  for (const char* body : {"<center>The plain HTTP request was sent to HTTPS port</center>",
                           "Client sent an HTTP request to an HTTPS server.\n",
                           "<p>Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />"}) {
    EXPECT_EQ((HttpResponse{400, {}, body}.message()), "the server expects https at this port");
    EXPECT_EQ((HttpResponse{502, {}, body}.message()), "HTTP 502");
  }
}

TEST(HttpClient, ReadsChunkedAnswers) {
  ScriptedServer server([](const Received&) { return chunked_answer(200, {"{\"a\":", "1}"}); });
  HttpClient client = client_of(server);
  EXPECT_EQ((*client.json({"GET", "/", "", {}}))["a"], 1);
}

TEST(HttpClient, SaysThatNothingAnswersWhereNothingListens) {
  const std::string url = fmt::format("http://127.0.0.1:{}", closed_port());
  HttpClient client(*parse_node_url(url));
  const auto response = client.get("/health");
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().code, ErrorCode::unavailable);
  EXPECT_NE(response.error().message.find("nothing answers at " + url), std::string::npos) << response.error().message;
}

TEST(HttpClient, DistinguishesAnUnknownOutcomeFromNothingDone) {
  ScriptedServer server([](const Received& request) {
    if (request.path == "/reset") return TestAnswer{"", After::reset};
    if (request.path == "/partial") return TestAnswer{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", After::close};
    if (request.path == "/silent") return TestAnswer{"", After::silence};
    return TestAnswer{"SSH-2.0-OpenSSH\r\n\r\n", After::close};
  });
  for (const char* path : {"/reset", "/partial", "/silent"}) {
    const Duration timeout = path == std::string("/silent") ? Duration{2s} : Duration{hang_limit};
    HttpClient client = client_of(server, {.timeout = timeout});
    EXPECT_EQ(client.post(path, {}).error().code, ErrorCode::unknown_outcome) << path;
    EXPECT_EQ(client.get(path).error().code, ErrorCode::unavailable) << path;
  }
  HttpClient client = client_of(server);
  EXPECT_EQ(client.get("/garbage").error().code, ErrorCode::invalid);
}

TEST(HttpClient, ReconnectsAfterTheServerClosed) {
  ScriptedServer server([](const Received&) {
    TestAnswer reply = answer(200, "{}");
    reply.after = After::close;
    return reply;
  });
  HttpClient client = client_of(server);
  for (int i = 0; i < 3; ++i) {
    const auto response = client.get("/");
    ASSERT_TRUE(response.ok()) << response.error().message;
  }
}

TEST(HttpClient, RefusesABodyOverItsLimit) {
  ScriptedServer server([](const Received&) { return answer(200, std::string(1000, 'x')); });
  HttpClient client = client_of(server, {.body_max = 999});
  EXPECT_EQ(client.get("/").error().code, ErrorCode::too_large);
}

TEST(HttpClient, ReadsAHeadOfManyKilobytesAndNoLonger) {
  ScriptedServer server([](const Received& request) {
    const std::size_t kilobytes = std::stoul(request.path.substr(1));
    std::string head;
    for (std::size_t i = 0; i < kilobytes; ++i) head += "Set-Cookie: " + std::string(1024 - 14, 'c') + "\r\n";
    return answer(200, "{}", head + "X-Last: here\r\n");
  });
  HttpClient client = client_of(server);
  for (const char* path : {"/9", "/40", "/63"}) {
    for (const char* method : {"GET", "POST"}) {
      const auto response = client.send({method, path, method == std::string("POST") ? "{}" : "", {}});
      ASSERT_TRUE(response.ok()) << path << ": " << response.error().message;
      EXPECT_EQ(response->header("X-Last"), "here") << path;
    }
  }
  const auto read = client.get("/66");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::too_large);
  EXPECT_THAT(read.error().message, testing::HasSubstr("the head of the answer is longer than 64 kB"));
  const auto written = client.post("/66", Json::object());
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::unknown_outcome) << "the server has had the request";
  EXPECT_TRUE(client.get("/1").ok()) << "the next request goes over another connection";
  EXPECT_EQ(client.stream("/66", [](const ServerSentEvent&) { return true; }).error().code, ErrorCode::too_large);
}

TEST(HttpClient, ReadsTheHeadAloneOfAHeadRequest) {
  ScriptedServer server([](const Received& request) {
    if (request.method == "HEAD") return TestAnswer{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"};
    return answer(200, request.method);
  });
  HttpClient client = client_of(server, {.timeout = hang_limit});
  EXPECT_EQ(client.send({"HEAD", "/", "", {}})->header("content-length"), "10");
  EXPECT_EQ(client.get("/")->body, "GET") << "on the same connection";
  EXPECT_EQ(server.connections(), 1u);
}

TEST(HttpClient, SendsARequestsOwnHeadersInsteadOfItsDefaults) {
  ScriptedServer server([](const Received& request) {
    return answer(200, request.headers.at("accept") + "," + request.headers.at("authorization") + "," +
                           request.headers.at("content-type"));
  });
  HttpClient client = client_of(server, {.token = "default"});
  EXPECT_EQ(client.send({"POST", "/", "{}", {}})->body, "application/json,Bearer default,application/json");
  const HttpHeaders own = {{"accept", "text/plain"}, {"Authorization", "Basic x"}, {"content-type", "text/csv"}};
  EXPECT_EQ(client.send({"POST", "/", "{}", own})->body, "text/plain,Basic x,text/csv");
}

TEST(HttpClient, EndsARequestWhenItsTimeIsUpHoweverSlowlyTheAnswerComes) {
  ScriptedServer server([](const Received& request) {
    if (request.path == "/next") return answer(200, "x");
    return TestAnswer{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", After::silence};
  });
  HttpClient client = client_of(server, {.timeout = 2s});
  const auto cut = client.get("/slow");
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().code, ErrorCode::unavailable);
  EXPECT_EQ(cut.error().message, "no answer of " + server.url() + " to GET: the time was up");
  EXPECT_EQ(client.post("/slow", {}).error().code, ErrorCode::unknown_outcome);
  EXPECT_EQ(client.get("/next")->body, "x");
}

TEST(HttpClient, MakesAnErrorOfARefusingResponse) {
  struct Row {
    int status;
    const char* body;
    ErrorCode code;
    const char* message;
  };
  const Row rows[] = {
      {400, R"({"message":["a is wrong","b is wrong"]})", ErrorCode::invalid, "a is wrong; b is wrong"},
      {401, R"({"message":"Unauthorized"})", ErrorCode::unauthenticated, "Unauthorized"},
      {404, R"({"detail":"no such order","title":"t"})", ErrorCode::not_found, "no such order"},
      {409, R"({"title":"Conflict"})", ErrorCode::conflict, "Conflict"},
      {503, "<html>", ErrorCode::unavailable, "HTTP 503"},
      {500, "", ErrorCode::unknown_outcome, "HTTP 500"},
  };
  for (const Row& row : rows) {
    ScriptedServer server([&](const Received&) { return answer(row.status, row.body); });
    HttpClient client = client_of(server);
    const auto result = client.json({"GET", "/", "", {}});
    ASSERT_FALSE(result.ok()) << row.status;
    EXPECT_EQ(result.error().code, row.code) << row.status;
    EXPECT_EQ(result.error().message, row.message) << row.status;
  }
}

TEST(HttpClientStream, GivesEventsUntilTheCallbackReturnsFalse) {
  std::string resumed_from;
  ScriptedServer server([&](const Received& request) {
    resumed_from = request.headers.at("last-event-id");
    TestAnswer reply = chunked_answer(200, {"id: 1\nevent: saga\nda", "ta: {\"a\":1}\n\n: comment\r\n",
                                            "data: x\rdata: y\r\n\r\n", "data: never read\n\n"});
    reply.after = After::silence;
    return reply;
  });
  HttpClient client = client_of(server);
  std::vector<std::string> seen;
  const auto done = client.stream(
      "/events",
      [&](const ServerSentEvent& event) {
        seen.push_back(event.id + "|" + event.event + "|" + event.data);
        return seen.size() < 2;
      },
      {}, "0");
  EXPECT_TRUE(done.ok()) << done.error().message;
  EXPECT_EQ(seen, (std::vector<std::string>{"1|saga|{\"a\":1}", "1|message|x\ny"}));
  EXPECT_EQ(resumed_from, "0");
}

TEST(HttpClientStream, EndsWithoutErrorWhenTheServerEndsIt) {
  ScriptedServer server([](const Received& request) {
    if (request.path == "/chunked") return chunked_answer(200, {"data: 1\n\n"});
    return TestAnswer{"HTTP/1.1 200 OK\r\n\r\ndata: 1\n\n", After::close};
  });
  HttpClient client = client_of(server);
  for (const char* path : {"/chunked", "/until-closed"}) {
    int events = 0;
    EXPECT_TRUE(client.stream(path, [&](const ServerSentEvent&) { return ++events > 0; }).ok()) << path;
    EXPECT_EQ(events, 1) << path;
  }
}

TEST(HttpClientStream, GivesUpWhenNoHeadComesInTimeAndNotBetweenEvents) {
  ScriptedServer server([](const Received& request) {
    if (request.path == "/silent") return TestAnswer{"", After::silence};
    return TestAnswer{"HTTP/1.1 200 OK\r\n\r\ndata: 1\n\n", After::silence};
  });
  HttpClient client = client_of(server, {.timeout = 2s});
  const auto ignore = [](const ServerSentEvent&) { return true; };
  EXPECT_EQ(client.stream("/silent", ignore).error().code, ErrorCode::unavailable);
  std::stop_source source;
  std::jthread stopper([&] {
    std::this_thread::sleep_for(2500ms);  // longer than the timeout
    source.request_stop();
  });
  EXPECT_TRUE(client.stream("/events", ignore, source.get_token()).ok());
  EXPECT_TRUE(source.stop_requested());
}

TEST(HttpClientStream, EndsWhenStopped) {
  ScriptedServer server([](const Received&) {
    return TestAnswer{"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: first\n\n", After::silence};
  });
  HttpClient client = client_of(server);
  std::stop_source source;
  const auto done = client.stream(
      "/events",
      [&](const ServerSentEvent&) {
        source.request_stop();
        return true;
      },
      source.get_token());
  EXPECT_TRUE(done.ok());
}

TEST(HttpClientStream, GivesNoEventOnceItHasReturned) {
  ScriptedServer server([](const Received& request) {
    if (request.path != "/events") return answer(200, "{}");
    std::string bytes = "HTTP/1.1 200 OK\r\n\r\n";
    for (int i = 0; i < 100'000; ++i) bytes += "data: 1\n\n";  // more than one read takes
    return TestAnswer{bytes, After::silence};
  });
  HttpClient client = client_of(server);
  std::stop_source source;
  int events = 0;
  const auto stop_at_first = [&](const ServerSentEvent&) {
    source.request_stop();
    return ++events > 0;
  };
  EXPECT_TRUE(client.stream("/events", stop_at_first, source.get_token()).ok());
  const int until_then = events;
  EXPECT_TRUE(client.get("/other").ok());
  EXPECT_EQ(events, until_then);
}

TEST(HttpClientStream, IsAnErrorWhereTheResponseIsOne) {
  ScriptedServer server([](const Received&) { return answer(401, R"({"message":"Unauthorized"})"); });
  HttpClient client = client_of(server);
  const auto done = client.stream("/events", [](const ServerSentEvent&) { return true; });
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().code, ErrorCode::unauthenticated);
}

}  // namespace
}  // namespace sagactl
