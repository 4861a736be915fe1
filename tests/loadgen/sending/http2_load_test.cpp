// Load over HTTP/2: many requests at once over one connection.
#include <gmock/gmock.h>
#include <nghttp2/nghttp2.h>

#include <atomic>
#include <map>
#include <mutex>

#include "common/id.hpp"
#include "loadgen/run.hpp"
#include "tests/httpclient/relay.hpp"
#include "tests/httpclient/scripted_server.hpp"
#include "tests/httpclient/tls_server.hpp"
#include "tests/loadgen/http2_server.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

Http2Answer new_order(const Http2Request&) {
  return {.body = R"({"id":")" + new_uuid().text() + R"(","status":"pending"})"};
}

LoadOptions over_http2(const std::string& url, std::uint64_t orders = 200) {
  LoadOptions options;
  options.scenario = ScenarioKind::individual;
  options.targets = {url};
  options.token = "given";
  options.http2 = true;
  options.orders = orders;
  options.concurrency = 20;
  options.workers = 1;
  options.timeout = hang_limit;
  return options;
}

RunResult answered(const LoadOptions& options) {
  auto result = run_load(options);
  if (result) return std::move(*result);
  ADD_FAILURE() << result.error().message;
  return {};
}

TEST(Http2Load, SendsManyRequestsAtOnceOverOneConnection) {
  const Http2Server server(new_order, {.holds_until = 20});
  const RunResult result = answered(over_http2(server.url()));
  EXPECT_EQ(result.requests.accepted, 200u);
  EXPECT_EQ(result.requests.transport_errors, 0u);
  EXPECT_EQ(server.streams_most(), 20u);
  EXPECT_EQ(server.connections(), 2u) << "and one that asked whether there is a connection";
  EXPECT_EQ(result.generator.connections_peak, 1u);
  EXPECT_EQ(result.generator.streams, 100u);
}

TEST(Http2Load, SendsTheRequestsOfTheProfile) {
  std::mutex mutex;
  Http2Request seen;
  const Http2Server server([&](const Http2Request& request) {
    const std::lock_guard lock(mutex);
    seen = request;
    return new_order(request);
  });
  LoadOptions options = over_http2(server.url() + "/base", 1);
  options.profile.headers.emplace_back("X-Shop", "one");
  options.profile.headers.emplace_back("Connection", "keep-alive");
  const RunResult result = answered(options);
  EXPECT_EQ(result.requests.accepted, 1u);
  EXPECT_EQ(seen.headers[":method"], "POST");
  EXPECT_EQ(seen.headers[":path"], "/base/orders");
  EXPECT_EQ(seen.headers[":scheme"], "http");
  EXPECT_EQ(seen.headers[":authority"], server.url().substr(7));
  EXPECT_EQ(seen.headers["authorization"], "Bearer given");
  EXPECT_EQ(seen.headers["x-shop"], "one");
  EXPECT_EQ(seen.headers["content-length"], std::to_string(seen.body.size()));
  EXPECT_FALSE(seen.headers.contains("connection"));
  EXPECT_FALSE(seen.headers.contains("host"));
  EXPECT_THAT(seen.body, HasSubstr("productId"));
  EXPECT_FALSE(result.ledger.entries[0].order.is_nil());
}

TEST(Http2Load, IsAgreedOnOverTls) {
  const Http2Server server(new_order);
  const TlsFront front(server.port(), make_identity("IP:127.0.0.1"), {}, "h2");
  LoadOptions options = over_http2(front.url());
  options.connect.authorities = front.certificate();
  const RunResult result = answered(options);
  EXPECT_EQ(result.requests.accepted, 200u);
  EXPECT_EQ(result.generator.tls.handshakes.count(), 1u);
}

TEST(Http2Load, NeedsAServerThatSpeaksIt) {
  const ScriptedServer server([](const Received&) { return answer(200, "{}"); });
  const TlsFront front(server.port(), make_identity("IP:127.0.0.1"));
  LoadOptions options = over_http2(front.url());
  options.connect.authorities = front.certificate();
  const auto over_tls = run_load(options);
  ASSERT_FALSE(over_tls);
  EXPECT_EQ(over_tls.error().members.value("tls", ""), "no-protocol") << over_tls.error().message;
  const BlurtingServer http("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
  const RunResult plain = answered(over_http2("http://127.0.0.1:" + std::to_string(http.port()), 20));
  EXPECT_EQ(plain.requests.unreached, 20u);
  ASSERT_EQ(plain.answers.answers.size(), 1u);
  EXPECT_EQ(plain.answers.answers[0].first, "the server answers in HTTP/1: leave out --http2");
}

TEST(Http2Load, KeepsToTheStreamsThatTheServerAllows) {
  const Http2Server server(new_order, {.streams_max = 3});
  LoadOptions options = over_http2(server.url());
  options.connections = 2;
  const RunResult result = answered(options);
  EXPECT_EQ(result.requests.accepted, 200u);
  EXPECT_EQ(result.requests.transport_errors, 0u);
  EXPECT_LE(server.streams_most(), 3u);
  EXPECT_LE(result.generator.connections_peak, 2u);
}

TEST(Http2Load, OpensFurtherConnectionsWhereTheServerAllowsFewerStreamsThanAGroupNeeds) {
  const Http2Server server(new_order, {.streams_max = 2});
  LoadOptions options = over_http2(server.url(), 50);
  options.scenario = ScenarioKind::duplicate;
  options.duplicates = 5;
  options.concurrency = 5;
  const RunResult result = answered(options);
  EXPECT_EQ(result.requests.accepted, 50u);
  EXPECT_EQ(result.generator.connections_peak, 3u);
  for (const GroupOverlap& it : result.overlaps) EXPECT_EQ(it.requests, 5u);
}

TEST(Http2Load, UsesAsManyConnectionsAsItsStreamsNeed) {
  const Http2Server server(new_order, {.holds_until = 5});
  LoadOptions options = over_http2(server.url());
  options.streams = 5;
  const RunResult result = answered(options);
  EXPECT_EQ(result.requests.accepted, 200u);
  EXPECT_EQ(result.generator.connections_peak, 4u);
  EXPECT_EQ(result.generator.connections_max, 4u);
}

TEST(Http2Load, GoesOnWithAnotherConnectionWhenTheServerEndsOne) {
  const Http2Server server(new_order, {.requests_max = 30});
  LoadOptions options = over_http2(server.url());
  options.concurrency = 1;
  const RunResult result = answered(options);
  EXPECT_EQ(result.requests.accepted, 200u);
  EXPECT_EQ(result.requests.transport_errors, 0u);
  EXPECT_GE(server.connections(), 7u);
}

TEST(Http2Load, CountsStreamsThatAreResetAndGoesOn) {
  std::atomic<int> count = 0;
  const Http2Server server([&](const Http2Request& request) {
    const int number = count++;
    if (number % 10 == 3) return Http2Answer{.reset = NGHTTP2_INTERNAL_ERROR};
    if (number % 10 == 7) return Http2Answer{.reset = NGHTTP2_REFUSED_STREAM};
    return new_order(request);
  });
  const RunResult result = answered(over_http2(server.url(), 100));
  EXPECT_EQ(result.requests.accepted, 80u);
  EXPECT_EQ(result.requests.transport_errors, 20u);
  std::map<TransportFailure, std::uint64_t> failures;
  for (const AnswerCount& it : result.answers.answers) failures[it.failure] += it.count;
  EXPECT_EQ(failures[TransportFailure::closed], 10u);
  EXPECT_EQ(failures[TransportFailure::kept_closed], 10u) << "refused: not processed";
  EXPECT_EQ(server.connections(), 2u);
}

TEST(Http2Load, TimesOutOneStreamAndKeepsItsConnection) {
  const Http2Server server(new_order, {.holds_until = 2});
  LoadOptions options = over_http2(server.url(), 3);
  options.concurrency = 1;
  options.timeout = 100ms;
  const RunResult result = answered(options);
  EXPECT_EQ(result.requests.timeouts, 2u) << "the first, and the third, which wait for another";
  EXPECT_EQ(result.requests.accepted, 1u);
  EXPECT_EQ(server.connections(), 2u);
}

TEST(Http2Load, ReadsLongAnswersOfManyFrames) {
  const Http2Server server([](const Http2Request& request) {
    Http2Answer answer = new_order(request);
    answer.body.insert(1, R"("padding":")" + std::string(1'000'000, 'x') + R"(",)");
    return answer;
  });
  const RunResult result = answered(over_http2(server.url(), 40));
  EXPECT_EQ(result.requests.accepted, 40u);
  for (const LedgerEntry& it : result.ledger.entries) EXPECT_FALSE(it.order.is_nil());
}

TEST(Http2Load, ReleasesAGroupOfDuplicatesTogether) {
  const Http2Server server(new_order, {.holds_until = 5});
  LoadOptions options = over_http2(server.url(), 50);
  options.scenario = ScenarioKind::duplicate;
  options.duplicates = 5;
  options.concurrency = 5;
  const RunResult result = answered(options);
  EXPECT_EQ(result.requests.accepted, 50u);
  for (const GroupOverlap& it : result.overlaps) EXPECT_EQ(it.depth, 5u);
}

}  // namespace
}  // namespace sagactl
