#include "httpclient/url.hpp"

#include <gtest/gtest.h>

namespace sagactl {
namespace {

TEST(ParseUrl, TakesAddressesOfNodes) {
  struct Row {
    const char* text;
    Url url;
  };
  const Row rows[] = {
      {"http://127.0.0.1:3000", {"127.0.0.1", 3000, ""}},
      {"http://node-1.example:8090/", {"node-1.example", 8090, ""}},
      {"HTTP://a/api/v1/", {"a", 80, "/api/v1"}},
      {"localhost:3001", {"localhost", 3001, ""}},
      {" http://[::1]:3000/x ", {"::1", 3000, "/x"}},
      {"http://[fe80::1]", {"fe80::1", 80, ""}},
  };
  for (const Row& row : rows) {
    const auto url = parse_node_url(row.text);
    ASSERT_TRUE(url.ok()) << row.text << ": " << url.error().message;
    EXPECT_EQ(*url, row.url) << row.text;
    EXPECT_EQ(*parse_node_url(url->text()), *url) << row.text;
  }
}

TEST(ParseUrl, RefusesWhatIsNone) {
  for (const char* text :
       {"", "http://", "https://a:1", "ftp://a", "http://a:0", "http://a:65536", "http://a:x",
        "http://a:", "http://a/b?c", "http://a b", "http://[::1", "http://[::1]3", "http://a\r\nb"}) {
    const auto url = parse_node_url(text);
    ASSERT_FALSE(url.ok()) << text;
    EXPECT_EQ(url.error().code, ErrorCode::invalid) << text;
    EXPECT_NE(url.error().message.find("write http://host:port"), std::string::npos) << url.error().message;
  }
}

TEST(ParseUrl, SaysTheAuthorityOfAnIpv6AddressInBrackets) {
  EXPECT_EQ(parse_node_url("http://[::1]:3000")->authority(), "[::1]:3000");
  EXPECT_EQ(parse_node_url("http://a")->authority(), "a:80");
}

TEST(ParseWebUrl, TakesHttpAndHttpsAndKnowsTheirPorts) {
  struct Row {
    const char* text;
    Url url;
  };
  const Row rows[] = {
      {"https://api.tosspayments.com/v1", {"api.tosspayments.com", 443, "/v1", true}},
      {"https://[::1]:8443/", {"::1", 8443, "", true}},
      {"HTTP://127.0.0.1:3000/v1/", {"127.0.0.1", 3000, "/v1", false}},
  };
  for (const Row& row : rows) {
    const auto url = parse_http_url(row.text);
    ASSERT_TRUE(url.ok()) << row.text << ": " << url.error().message;
    EXPECT_EQ(*url, row.url) << row.text;
    EXPECT_EQ(*parse_http_url(url->text()), *url) << row.text;
  }
}

TEST(ParseWebUrl, RefusesWhatIsNoneAndShowsNoPassword) {
  for (const char* text : {"", "api.tosspayments.com", "ftp://a", "https://", "https://a?b", "https://a:0"})
    EXPECT_FALSE(parse_http_url(text).ok()) << text;
  const auto with_password = parse_http_url("https://me:s3cret@a/v1");
  ASSERT_FALSE(with_password.ok());
  EXPECT_EQ(with_password.error().message.find("s3cret"), std::string::npos);
}

TEST(Url, IsLoopbackOnlyWhenItNamesThisMachine) {
  for (const char* host : {"localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "::1"})
    EXPECT_TRUE((Url{host, 80, ""}.is_loopback())) << host;
  for (const char* host : {"127.evil.example", "localhost.example", "10.0.0.1", "::2", "128.0.0.1"})
    EXPECT_FALSE((Url{host, 80, ""}.is_loopback())) << host;
}

TEST(PercentEncode, LeavesOnlyUnreservedCharacters) {
  EXPECT_EQ(percent_encode("aZ0-._~"), "aZ0-._~");
  EXPECT_EQ(percent_encode("a/b c?&=%\n"), "a%2Fb%20c%3F%26%3D%25%0A");
  EXPECT_EQ(percent_encode("\xEC\x84\x9C"), "%EC%84%9C");
}

}  // namespace
}  // namespace sagactl
