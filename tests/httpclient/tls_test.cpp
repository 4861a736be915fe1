// Which servers a client speaks https with.
#include <gmock/gmock.h>

#include "httpclient/basic_auth.hpp"
#include "httpclient/http_client.hpp"
#include "tests/httpclient/blocking_send.hpp"
#include "tests/httpclient/relay.hpp"
#include "tests/httpclient/scripted_server.hpp"
#include "tests/httpclient/tls_server.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

AsyncHttpClientOptions trusting(const TlsServer& server) {
  AsyncHttpClientOptions options;
  options.authorities = server.certificate();
  return options;
}

TEST(Tls, ConnectsToAServerWhoseCertificateIsTrustedAndNamesIt) {
  const TlsServer server("IP:127.0.0.1");
  const auto client = client_of(server.url(), trusting(server));
  for (int i = 1; i <= 3; ++i) {
    const auto response = send_and_wait(*client, {"GET", "/", "", {}});
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->body, "{}");
    EXPECT_EQ(server.requests(), i);
  }
}

TEST(Tls, RefusesAServerWhoseCertificateIsNotTrusted) {
  const TlsServer server("IP:127.0.0.1");
  const auto client = client_of(server.url());
  const auto response = send_and_wait(*client, {"GET", "/", "", {}});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::unavailable);
  EXPECT_THAT(response.error().message, HasSubstr("certificate verify failed"));
  EXPECT_EQ(server.requests(), 0);
}

TEST(Tls, RefusesAServerThatShowsTheCertificateOfAnother) {
  const TlsServer server("DNS:shop.example");
  const auto client = client_of(server.url(), trusting(server));
  const auto response = send_and_wait(*client, {"GET", "/", "", {}});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::unavailable);
  EXPECT_EQ(server.requests(), 0);
}

TEST(Tls, IsSpokenByTheBlockingClientToo) {
  const TlsServer server("IP:127.0.0.1");
  {
    HttpClient client(*parse_node_url(server.url()), {.connect = {.authorities = server.certificate()}});
    for (int i = 1; i <= 3; ++i) {
      const auto response = client.get("/");
      ASSERT_TRUE(response) << response.error().message;
      EXPECT_EQ(response->body, "{}");
      EXPECT_EQ(server.requests(), i);
    }
  }
  const auto refused = HttpClient(*parse_node_url(server.url())).get("/");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("certificate verify failed"));
  const auto unreadable =
      HttpClient(*parse_node_url(server.url()), {.connect = {.authorities = "/nowhere/authorities.pem"}}).get("/");
  ASSERT_FALSE(unreadable);
  EXPECT_EQ(unreadable.error().code, ErrorCode::invalid);
}

TEST(Tls, BelievesAnyServerOnlyWhenToldTo) {
  const TlsServer server("DNS:shop.example");
  HttpClient client(*parse_node_url(server.url()), {.connect = {.insecure = true}});
  EXPECT_TRUE(client.get("/"));
}

TEST(Tls, ShowsACertificateToAServerThatAsks) {
  const TlsIdentity identity = make_identity("DNS:client");
  const TemporaryFile certificate(identity.certificate), key(identity.key);
  const TlsServer server("IP:127.0.0.1", certificate.path());
  const auto get = [&](ConnectOptions connect) {
    connect.authorities = server.certificate();
    return HttpClient(*parse_node_url(server.url()), {.connect = connect}).get("/");
  };
  const auto shown = get({.certificate = certificate.path(), .key = key.path()});
  EXPECT_TRUE(shown) << shown.error().message;
  EXPECT_FALSE(get({}));
  EXPECT_EQ(get({.certificate = certificate.path()}).error().code, ErrorCode::invalid);
  EXPECT_EQ(get({.certificate = certificate.path(), .key = certificate.path()}).error().code, ErrorCode::invalid);
  EXPECT_EQ(get({.certificate = "/nowhere/client.pem", .key = key.path()}).error().message,
            "/nowhere/client.pem cannot be read, or is empty");
}

TEST(Tls, SaysWhyAHandshakeFailedAndForWhomACertificateIs) {
  const ScriptedServer plain([](const Received&) { return answer(200, "{}"); });
  const auto error_of = [](const std::string& url, const std::filesystem::path& authorities) {
    return HttpClient(*parse_node_url(url), {.connect = {.authorities = authorities}}).get("/").error();
  };
  const TlsFront expired(plain.port(), make_identity("IP:127.0.0.1", -60));
  const TlsFront other(plain.port(), make_identity("DNS:shop.example, IP:127.0.0.9"));
  const Error late = error_of(expired.url(), expired.certificate());
  EXPECT_EQ(late.members.value("tls", ""), "expired") << late.message;
  const Error wrong = error_of(other.url(), other.certificate());
  EXPECT_EQ(wrong.members.value("tls", ""), "other-name");
  EXPECT_THAT(wrong.message, HasSubstr("its certificate is for shop.example, 127.0.0.9, not for 127.0.0.1"));
  const Error unknown = error_of(other.url(), expired.certificate());
  EXPECT_EQ(unknown.members.value("tls", ""), "unknown-authority") << unknown.message;
  const BlurtingServer http("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
  const Error no_tls = error_of("https://127.0.0.1:" + std::to_string(http.port()), expired.certificate());
  EXPECT_EQ(no_tls.members.value("tls", ""), "not-tls") << no_tls.message;
}

TEST(Tls, InPlaceOfAnHttpAnswerIsNamed) {
  const ScriptedServer alert([](const Received&) {
    return TestAnswer{"\x15\x03\x01\x00\x02\x02\x46", TestAnswer::After::close};
  });
  const Error error = HttpClient(*parse_node_url(alert.url())).get("/").error();
  EXPECT_EQ(error.code, ErrorCode::unavailable);
  EXPECT_THAT(error.message, HasSubstr("the server speaks https; try https://127.0.0.1:"));
}

// Many close the connection on which they are spoken to without TLS, and say nothing. Nothing was done then, whatever
// the method.
TEST(Tls, ThatWasNotSpokenIsFoundWhenAServerOnlyClosesTheConnection) {
  const ScriptedServer plain([](const Received&) { return answer(200, "{}"); });
  const TlsIdentity client = make_identity("DNS:client");
  const TemporaryFile authority(client.certificate);
  const TlsFront open_to_all(plain.port(), make_identity("DNS:shop.example"));
  const TlsFront for_some(plain.port(), make_identity("DNS:shop.example"), authority.path());
  for (const TlsFront* front : {&open_to_all, &for_some}) {
    std::string url = front->url();
    url.erase(url.find('s'), 1);
    const Error error = HttpClient(*parse_node_url(url)).post("/orders", {}).error();
    EXPECT_EQ(error.code, ErrorCode::unavailable);
    EXPECT_EQ(error.message, "no answer of " + url + " to POST: the server speaks https; try " + front->url());
    EXPECT_EQ(error.members.value("tls", ""), "wanted");
    const auto ignore = [](const ServerSentEvent&) { return true; };
    EXPECT_EQ(HttpClient(*parse_node_url(url)).stream("/events", ignore).error().code, ErrorCode::unavailable);
  }
}

TEST(Tls, ThatAServerAsksForInAnAnswerIsNamed) {
  const ScriptedServer nginx(
      [](const Received&) { return answer(400, "<center>The plain HTTP request was sent to HTTPS port</center>"); });
  const Error error = HttpClient(*parse_node_url(nginx.url())).post("/orders", {}).error();
  EXPECT_EQ(error.code, ErrorCode::unavailable);
  EXPECT_THAT(error.message, HasSubstr("the server speaks https; try https://127.0.0.1:"));
}

TEST(Tls, NeedsAuthoritiesThatCanBeRead) {
  AsyncHttpClientOptions options;
  options.authorities = "/nowhere/authorities.pem";
  const auto client = AsyncHttpClient::make(*parse_http_url("https://127.0.0.1:1"), options);
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, ErrorCode::invalid);
}

// RFC 7617, section 2, and one that ends with two pads.
TEST(BasicAuthorization, IsWhatTheStandardShows) {
  EXPECT_EQ(basic_authorization("Aladdin", "open sesame"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  EXPECT_EQ(basic_authorization("a", ""), "Basic YTo=");
  EXPECT_EQ(basic_authorization("ab", ""), "Basic YWI6");
}

}  // namespace
}  // namespace sagactl
