// How a client gets to a server that it cannot or should not connect to over TCP itself.
#include <gmock/gmock.h>

#include <mutex>

#include "httpclient/http_client.hpp"
#include "tests/httpclient/relay.hpp"
#include "tests/httpclient/scripted_server.hpp"
#include "tests/httpclient/tls_server.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(Proxy, IsReadWithItsCredentials) {
  struct Row {
    const char *text, *url, *authorization;
  };
  const Row rows[] = {
      {"http://proxy:3128", "http://proxy:3128", ""},
      {"proxy:3128", "http://proxy:3128", ""},
      {" HTTP://[::1]:3128/ ", "http://[::1]:3128", ""},
      {"http://ann:secret@proxy:3128", "http://proxy:3128", "Basic YW5uOnNlY3JldA=="},
      {"http://ann:o%40x@proxy", "http://proxy:80", "Basic YW5uOm9AeA=="},
      {"ann@proxy", "http://proxy:80", "Basic YW5uOg=="},
  };
  for (const Row& row : rows) {
    const auto proxy = parse_proxy(row.text);
    ASSERT_TRUE(proxy) << row.text << ": " << proxy.error().message;
    EXPECT_EQ(proxy->url.text(), row.url);
    EXPECT_EQ(proxy->authorization, row.authorization) << row.text;
  }
  for (const char* text : {"", "https://proxy:3128", "socks5://proxy:1080", "http://proxy:3128/path", "http://ann:pw@",
                           "http://:pw@proxy", "unix:///run/proxy.sock"}) {
    const auto proxy = parse_proxy(text);
    ASSERT_FALSE(proxy) << text;
    EXPECT_THAT(proxy.error().message, HasSubstr("write it like http://proxy:3128")) << text;
    EXPECT_EQ(proxy.error().message.find(":pw@"), std::string::npos);
  }
}

TEST(ClientRoute, LeadsThroughAProxyThatGetsTheWholeUrl) {
  std::mutex mutex;
  Received seen;
  const ScriptedServer proxy([&](const Received& request) {
    const std::lock_guard lock(mutex);
    seen = request;
    return answer(200, "{}");
  });
  ConnectOptions connect;
  connect.proxy = *parse_proxy("ann:secret@127.0.0.1:" + std::to_string(proxy.port()));
  HttpClient client(*parse_node_url("http://node.example:3000/base"), {.connect = connect});
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(client.get("/orders?page=1"));
  EXPECT_EQ(seen.path, "http://node.example:3000/base/orders?page=1");
  EXPECT_EQ(seen.headers.at("host"), "node.example:3000");
  EXPECT_EQ(seen.headers.at("proxy-authorization"), "Basic YW5uOnNlY3JldA==");
  EXPECT_EQ(proxy.connections(), 1u);
}

TEST(ClientRoute, LeadsThroughATunnelToAnHttpsServerThatSeesNoCredentialsOfTheProxy) {
  std::mutex mutex;
  Received seen;
  const ScriptedServer node([&](const Received& request) {
    const std::lock_guard lock(mutex);
    seen = request;
    return answer(200, "{}");
  });
  const TlsFront front(node.port(), make_identity("DNS:node.example"));
  const std::string url = front.url();
  const ConnectingProxy proxy(static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))),
                              "HTTP/1.1 200 OK\r\n\r\n");
  ConnectOptions connect{.authorities = front.certificate()};
  connect.proxy = *parse_proxy("ann:secret@" + proxy.address());
  HttpClient client(*parse_node_url("https://node.example"), {.connect = connect});
  for (int i = 0; i < 3; ++i) {
    const auto response = client.get("/health");
    ASSERT_TRUE(response) << response.error().message;
  }
  EXPECT_EQ(seen.path, "/health");
  EXPECT_FALSE(seen.headers.contains("proxy-authorization"));
  EXPECT_EQ(proxy.asked(),
            "CONNECT node.example:443 HTTP/1.1\r\nHost: node.example:443\r\nProxy-Authorization: Basic "
            "YW5uOnNlY3JldA==\r\n\r\n");
  EXPECT_EQ(front.handshakes(), 1u);
}

TEST(ClientRoute, NamesAProxyThatRefusesOrIsNone) {
  const std::pair<const char*, const char*> rows[] = {
      {"HTTP/1.1 403 Forbidden\r\n\r\n", " answered 403 to CONNECT node.example:443"},
      {"HTTP/1.1 407 No\r\n\r\n", " answered 407 to CONNECT node.example:443: it wants credentials"},
      {"nonsense\r\n\r\n", " is no HTTP proxy"},
      {"", " does not connect to node.example:443: the connection was closed"}};
  for (const auto& [text, reason] : rows) {
    const ConnectingProxy proxy(1, text);
    ConnectOptions connect;
    connect.proxy = *parse_proxy(proxy.url());
    const auto response = HttpClient(*parse_node_url("https://node.example"), {.connect = connect}).post("/x", {});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, ErrorCode::unavailable) << "nothing was sent";
    EXPECT_THAT(response.error().message, StartsWith("the proxy " + proxy.url() + reason));
  }
}

TEST(ClientRoute, LeadsToAUnixSocketAndThroughNoProxy) {
  const ScriptedServer node([](const Received& request) {
    return answer(200, Json{{"path", request.path}, {"host", request.headers.at("host")}}.dump());
  });
  const SocketFront front(node.port());
  ConnectOptions connect;
  connect.proxy = *parse_proxy("127.0.0.1:1");
  HttpClient client(*parse_node_url("unix://" + front.path().string() + ":/base"), {.connect = connect});
  const auto response = client.get("/health");
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, R"({"path":"/base/health","host":"localhost"})");
  const auto none = HttpClient(*parse_node_url("unix:///nowhere/app.sock")).get("/health");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::unavailable);
  EXPECT_THAT(none.error().message, HasSubstr("nothing answers at unix:///nowhere/app.sock: no such file"));
}

}  // namespace
}  // namespace sagactl
