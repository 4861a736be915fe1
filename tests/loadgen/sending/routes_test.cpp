// Load through an HTTP proxy, and to a Unix socket.
#include <gmock/gmock.h>

#include <mutex>

#include "loadgen/profile/sample_requests.hpp"
#include "loadgen/run.hpp"
#include "tests/httpclient/relay.hpp"
#include "tests/httpclient/tls_server.hpp"
#include "tests/loadgen/order_server.hpp"

namespace sagactl {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* opened = "HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n";

LoadOptions thirty_orders(const OrderServers& servers, const std::string& target) {
  LoadOptions options = servers.options(ScenarioKind::individual);
  options.targets = {target};
  options.token = "given";
  options.orders = 30;
  options.concurrency = 4;
  return options;
}

std::uint64_t accepted(const LoadOptions& options) {
  const auto result = run_load(options);
  EXPECT_TRUE(result) << result.error().message;
  return result ? result->requests.accepted : 0;
}

TEST(LoadRoute, LeadsThroughAProxyThatGetsTheWholeUrl) {
  std::mutex mutex;
  std::string path, host, credentials;
  OrderServers servers(1);
  ScriptedServer proxy([&](const Received& request) {
    const std::lock_guard lock(mutex);
    path = request.path;
    host = request.headers.at("host");
    credentials = request.headers.at("proxy-authorization");
    return answer(201, R"({"id":"867a4850-d872-42eb-a83d-c71921cdc0c3"})");
  });
  LoadOptions options = thirty_orders(servers, "http://shop.example/api");
  options.connect.proxy = *parse_proxy("ann:o%40x@127.0.0.1:" + std::to_string(proxy.port()));
  EXPECT_EQ(accepted(options), 30u) << "only the proxy knows the name";
  EXPECT_EQ(path, "http://shop.example:80/api/orders");
  EXPECT_EQ(host, "shop.example");
  EXPECT_EQ(credentials, "Basic YW5uOm9AeA==");
  const auto samples = sample_requests(options);
  ASSERT_TRUE(samples);
  EXPECT_THAT(samples->at(0).request, StartsWith("POST http://shop.example:80/api/orders HTTP/1.1\r\n"));
}

TEST(LoadRoute, LeadsThroughATunnelToAnHttpsServer) {
  OrderServers servers(1);
  const TlsFront front(servers.node(0).port(), make_identity("DNS:shop.example"));
  const std::string url = front.url();
  const ConnectingProxy proxy(static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))), opened);
  LoadOptions options = thirty_orders(servers, "https://shop.example");
  options.connect.authorities = front.certificate();
  options.connect.proxy = *parse_proxy("ann:secret@" + proxy.address());
  EXPECT_EQ(accepted(options), 30u);
  EXPECT_THAT(proxy.asked(), AllOf(StartsWith("CONNECT shop.example:443 HTTP/1.1\r\n"),
                                   HasSubstr("Proxy-Authorization: Basic YW5uOnNlY3JldA==\r\n")));
  for (const TakenOrder& order : servers.taken()) EXPECT_EQ(order.authorization, "Bearer given");
}

TEST(LoadRoute, EndsAtAProxyThatRefuses) {
  OrderServers servers(1);
  const ConnectingProxy proxy(1, "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
  LoadOptions options = thirty_orders(servers, "https://shop.example");
  options.connect.proxy = *parse_proxy(proxy.url());
  const auto result = run_load(options);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::unavailable);
  EXPECT_THAT(result.error().message, HasSubstr("the proxy " + proxy.url() +
                                                " answered 407 to CONNECT shop.example:443: it wants credentials"));
}

TEST(LoadRoute, LeadsToAUnixSocket) {
  OrderServers servers(1);
  const SocketFront front(servers.node(0).port());
  LoadOptions options = thirty_orders(servers, "unix://" + front.path().string());
  options.token.clear();
  EXPECT_EQ(accepted(options), 30u);
  EXPECT_EQ(servers.registered(), 4u);
}

TEST(LoadRoute, DoesNotLeadThroughAProxyToAUnixSocket) {
  OrderServers servers(1);
  LoadOptions options = thirty_orders(servers, "unix:///run/app.sock");
  options.connect.proxy = *parse_proxy("proxy:3128");
  const auto result = run_load(options);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::invalid);
}

TEST(LoadRoute, IsMissingWhereThereIsNoSocket) {
  OrderServers servers(1);
  const auto result = run_load(thirty_orders(servers, "unix:///nowhere/app.sock:/api"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::unavailable);
  EXPECT_THAT(result.error().message, HasSubstr("unix:///nowhere/app.sock:/api"));
}

}  // namespace
}  // namespace sagactl
