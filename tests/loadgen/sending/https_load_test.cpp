// Load over TLS: whom the generator trusts, what it shows, and what it says when there is no connection.
#include <gmock/gmock.h>

#include "loadgen/faults/fault_grammar.hpp"
#include "loadgen/run.hpp"
#include "tests/httpclient/relay.hpp"
#include "tests/httpclient/tls_server.hpp"
#include "tests/loadgen/order_server.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

// One node behind an end of TLS.
class HttpsLoad : public testing::Test {
 protected:
  LoadOptions options_to(const TlsFront& front, const std::string& host = "127.0.0.1") const {
    LoadOptions options = servers.options(ScenarioKind::individual);
    options.targets = {front.url(host)};
    options.token = "given";
    options.orders = 60;
    options.concurrency = 4;
    options.connect.authorities = front.certificate();
    return options;
  }
  std::uint16_t port() { return servers.node(0).port(); }

  OrderServers servers{1};
};

RunResult sent(const LoadOptions& options) {
  auto result = run_load(options);
  if (result) return std::move(*result);
  ADD_FAILURE() << result.error().message;
  return {};
}

TEST_F(HttpsLoad, IsSentOverKeptConnectionsToAServerThatIsTrusted) {
  const TlsFront front(port(), make_identity("IP:127.0.0.1"));
  const RunResult result = sent(options_to(front));
  EXPECT_EQ(result.requests.accepted, 60u);
  EXPECT_EQ(servers.taken().size(), 60u);
  const TlsHealth& tls = result.generator.tls;
  EXPECT_TRUE(tls.is_used);
  EXPECT_FALSE(tls.insecure);
  EXPECT_GE(tls.handshakes.count(), 1u);
  EXPECT_LE(tls.handshakes.count(), 4u);
  EXPECT_EQ(front.handshakes(), tls.handshakes.count() + 1) << "and one that asked whether there is a connection";
  EXPECT_EQ(result.ledger.targets.at(0), front.url());
}

TEST_F(HttpsLoad, AlsoOpensTheAccountsOfANode) {
  const TlsFront front(port(), make_identity("IP:127.0.0.1"));
  LoadOptions options = options_to(front);
  options.token.clear();
  EXPECT_EQ(sent(options).requests.accepted, 60u);
  EXPECT_EQ(servers.registered(), 4u);
}

// The certificate is still the server's, and so is the name that is asked for.
TEST_F(HttpsLoad, GoesThroughTheProxyOfFaultsAsBytes) {
  const TlsFront front(port(), make_identity("IP:127.0.0.1"));
  LoadOptions options = options_to(front);
  options.faults.proxy = {*parse_proxy_fault("delay 1ms of 50%"), *parse_proxy_fault("throttle 10MB/s")};
  const RunResult result = sent(options);
  EXPECT_EQ(result.requests.accepted, 60u);
  EXPECT_GT(result.ledger.faults.at(0).changed, 5u);
  options.faults.proxy = {*parse_proxy_fault("duplicate")};
  EXPECT_EQ(run_load(options).error().code, ErrorCode::invalid);
}

TEST_F(HttpsLoad, ResumesTheSessionsOfItsServer) {
  const TlsFront front(port(), make_identity("IP:127.0.0.1"));
  LoadOptions options = options_to(front);
  options.fresh_connections = true;
  options.concurrency = 1;
  const RunResult result = sent(options);
  EXPECT_EQ(result.requests.accepted, 60u);
  EXPECT_EQ(result.generator.tls.handshakes.count(), 60u);
  EXPECT_EQ(result.generator.tls.resumed, 59u) << "all but the first";
  EXPECT_EQ(result.generator.tls.resumed, front.resumed());
}

TEST_F(HttpsLoad, NamesItsServer) {
  const TlsFront front(port(), make_identity("DNS:localhost"));
  EXPECT_EQ(sent(options_to(front, "localhost")).requests.accepted, 60u);
  EXPECT_EQ(front.server_name(), "localhost");
}

TEST_F(HttpsLoad, ShowsACertificateToAServerThatAsks) {
  const TlsIdentity client = make_identity("DNS:tester");
  const TemporaryFile certificate(client.certificate), key(client.key);
  const TlsFront front(port(), make_identity("IP:127.0.0.1"), certificate.path());
  LoadOptions options = options_to(front);
  options.connect.certificate = certificate.path();
  options.connect.key = key.path();
  EXPECT_EQ(sent(options).requests.accepted, 60u);
}

TEST_F(HttpsLoad, BelievesAnyServerOnlyWhenToldTo) {
  const TlsFront front(port(), make_identity("DNS:elsewhere.example"));
  LoadOptions options = options_to(front);
  options.connect.authorities.clear();
  options.connect.insecure = true;
  const RunResult result = sent(options);
  EXPECT_EQ(result.requests.accepted, 60u);
  EXPECT_TRUE(result.generator.tls.insecure);
  EXPECT_EQ(generator_json(result.generator)["tls"]["insecure"], true);
}

// The run ends before anything is sent.
TEST_F(HttpsLoad, SaysWhyThereIsNoConnection) {
  const auto refusal = [&](const LoadOptions& options) {
    const auto result = run_load(options);
    EXPECT_FALSE(result);
    return result ? Error{} : result.error();
  };
  const auto is = [](const Error& error, TlsFault fault, const char* text) {
    EXPECT_EQ(error.code, ErrorCode::unavailable);
    EXPECT_EQ(error.members.value("tls", ""), to_string(fault)) << error.message;
    EXPECT_THAT(error.message, HasSubstr(text));
  };
  {
    const TlsFront front(port(), make_identity("IP:127.0.0.1", -60));
    is(refusal(options_to(front)), TlsFault::expired, "certificate has expired");
  }
  {
    const TlsFront front(port(), make_identity("DNS:shop.example, IP:127.0.0.9"));
    is(refusal(options_to(front)), TlsFault::other_name,
       "its certificate is for shop.example, 127.0.0.9, not for 127.0.0.1");
  }
  {
    const TlsFront front(port(), make_identity("IP:127.0.0.1"));
    LoadOptions options = options_to(front);
    options.connect.authorities.clear();
    is(refusal(options), TlsFault::unknown_authority, "self-signed certificate");
  }
  {
    const TlsFront front(port(), make_identity("IP:127.0.0.1"));
    LoadOptions options = options_to(front);
    const BlurtingServer http("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    options.targets = {"https://127.0.0.1:" + std::to_string(http.port())};
    is(refusal(options), TlsFault::not_tls, "is this a server of plain http?");
  }
  {
    const TemporaryFile authority(make_identity("DNS:tester").certificate);
    const TlsFront front(port(), make_identity("IP:127.0.0.1"), authority.path());
    is(refusal(options_to(front)), TlsFault::no_certificate, "the server refused the client");
  }
  EXPECT_TRUE(servers.taken().empty());
}

TEST_F(HttpsLoad, NeedsFilesThatCanBeRead) {
  const TlsFront front(port(), make_identity("IP:127.0.0.1"));
  LoadOptions options = options_to(front);
  options.connect.authorities = "/nowhere/ca.pem";
  const auto result = run_load(options);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::invalid);
  EXPECT_THAT(result.error().message, HasSubstr("/nowhere/ca.pem"));
}

TEST_F(HttpsLoad, OpensAnotherConnectionWhereTheServerKeepsNone) {
  OrderServers closing(1, [](const Received&, std::size_t) -> std::optional<TestAnswer> {
    TestAnswer last = answer(201, R"({"id":"867a4850-d872-42eb-a83d-c71921cdc0c3"})", "Connection: close\r\n");
    last.after = TestAnswer::After::close;
    return last;
  });
  const TlsFront front(closing.node(0).port(), make_identity("IP:127.0.0.1"));
  LoadOptions options = options_to(front);
  options.orders = 20;
  options.concurrency = 1;
  const RunResult result = sent(options);
  EXPECT_EQ(result.requests.accepted, 20u);
  EXPECT_EQ(result.generator.tls.handshakes.count(), 20u);
}

// What became of the requests while nobody could be reached is in the answers.
TEST_F(HttpsLoad, NamesTheReasonOfRequestsThatWereNotSent) {
  auto front = std::make_unique<TlsFront>(port(), make_identity("IP:127.0.0.1"));
  LoadOptions options = options_to(*front);
  options.concurrency.reset();
  options.rate = 100;
  options.orders = 100;
  std::atomic<bool> is_down = false;
  const auto result = run_load(options, {}, [&](const LoadProgress& now) {
    if (now.sent > 10 && !is_down.exchange(true)) front.reset();
  });
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_GT(result->requests.unreached, 0u);
  for (const AnswerCount& it : result->answers.answers) {
    if (it.failure != TransportFailure::no_connection) continue;
    EXPECT_EQ(it.first, "connection refused");
  }
}

TEST_F(HttpsLoad, SaysThatTheServerOfAPlainUrlSpeaksTls) {
  ScriptedServer alert([](const Received&) {
    return TestAnswer{"\x15\x03\x01\x00\x02\x02\x46", TestAnswer::After::close};
  });
  LoadOptions options = servers.options(ScenarioKind::individual);
  options.targets = {alert.url()};
  options.token = "given";
  options.orders = 3;
  const RunResult result = sent(options);
  ASSERT_EQ(result.answers.answers.size(), 1u);
  EXPECT_EQ(result.answers.answers[0].failure, TransportFailure::unreadable);
  EXPECT_THAT(result.answers.answers[0].first, HasSubstr("write https://"));
}

}  // namespace
}  // namespace sagactl
