// Which servers a client speaks https with.
#include <gmock/gmock.h>

#include "httpclient/basic_auth.hpp"
#include "httpclient/http_client.hpp"
#include "tests/httpclient/blocking_send.hpp"
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
    HttpClient client(*parse_node_url(server.url()), {.authorities = server.certificate()});
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
      HttpClient(*parse_node_url(server.url()), {.authorities = "/nowhere/authorities.pem"}).get("/");
  ASSERT_FALSE(unreadable);
  EXPECT_EQ(unreadable.error().code, ErrorCode::invalid);
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
