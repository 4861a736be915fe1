// With whom https is spoken, and with whom not.
#include <gmock/gmock.h>

#include "httpclient/basic_auth.hpp"
#include "tests/httpclient/blocking_send.hpp"
#include "tests/httpclient/tls_server.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

AsyncHttpOptions trusting(const TlsServer& server) {
  AsyncHttpOptions options;
  options.authorities = server.certificate();
  return options;
}

TEST(Tls, IsSpokenWithAServerWhoseCertificateIsTrustedAndNamesIt) {
  const TlsServer server("IP:127.0.0.1");
  const auto client = client_of(server.url(), trusting(server));
  for (int i = 1; i <= 3; ++i) {
    const auto response = ask(*client, {"GET", "/", "", {}});
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->body, "{}");
    EXPECT_EQ(server.requests(), i);
  }
}

TEST(Tls, IsNotSpokenWithAStranger) {
  const TlsServer server("IP:127.0.0.1");
  const auto client = client_of(server.url());
  const auto response = ask(*client, {"GET", "/", "", {}});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::unavailable);
  EXPECT_THAT(response.error().message, HasSubstr("certificate verify failed"));
  EXPECT_EQ(server.requests(), 0);
}

TEST(Tls, IsNotSpokenWithAServerThatShowsTheCertificateOfAnother) {
  const TlsServer server("DNS:shop.example");
  const auto client = client_of(server.url(), trusting(server));
  const auto response = ask(*client, {"GET", "/", "", {}});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::unavailable);
  EXPECT_EQ(server.requests(), 0);
}

TEST(Tls, NeedsAuthoritiesThatCanBeRead) {
  AsyncHttpOptions options;
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
