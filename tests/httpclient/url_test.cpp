#include "httpclient/url.hpp"

#include <gtest/gtest.h>

namespace sagactl {
namespace {

TEST(NodeUrl, IsReadWithOrWithoutAScheme) {
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
      {"https://saga.example", {"saga.example", 443, "", true}},
      {"HTTPS://saga.example:8443/a/", {"saga.example", 8443, "/a", true}},
      {"unix:///run/app.sock", {"localhost", 80, "", false, "/run/app.sock"}},
      {"unix:///run/app.sock:/api/", {"localhost", 80, "/api", false, "/run/app.sock"}},
  };
  for (const Row& row : rows) {
    const auto url = parse_node_url(row.text);
    ASSERT_TRUE(url.ok()) << row.text << ": " << url.error().message;
    EXPECT_EQ(*url, row.url) << row.text;
    EXPECT_EQ(*parse_node_url(url->text()), *url) << row.text;
  }
}

TEST(NodeUrl, RefusesAnythingElseAndSaysWhatWouldBeRight) {
  for (const char* text :
       {"", "http://", "https://", "ftp://a", "http://me:s3cret@a", "http://a:0", "http://a:65536", "http://a:x",
        "http://a:", "http://a/b?c", "http://a b", "http://[::1", "http://[::1]3", "http://a\r\nb"}) {
    const auto url = parse_node_url(text);
    ASSERT_FALSE(url.ok()) << text;
    EXPECT_EQ(url.error().code, ErrorCode::invalid) << text;
    EXPECT_NE(url.error().message.find("write http://host:port"), std::string::npos) << url.error().message;
    EXPECT_EQ(url.error().message.find("s3cret"), std::string::npos) << url.error().message;
  }
}

TEST(NodeUrl, OfAUnixSocketHasAnAbsolutePathThatFits) {
  EXPECT_EQ(parse_node_url("unix://run/app.sock").error().message,
            "'unix://run/app.sock' is no Unix socket: its path is not absolute; write unix:///run/app.sock, or "
            "unix:///run/app.sock:/path");
  EXPECT_EQ(parse_node_url("unix:///run/app.sock:api").error().code, ErrorCode::invalid);
  EXPECT_TRUE(parse_node_url("unix:///" + std::string(106, 's')));
  EXPECT_FALSE(parse_node_url("unix:///" + std::string(107, 's')));
  EXPECT_FALSE(parse_http_url("unix:///run/app.sock")) << "a third party's server is elsewhere";
}

TEST(NodeUrl, NamesTheFaultyPart) {
  EXPECT_EQ(
      parse_node_url("http://a:x/b").error().message,
      "'http://a:x/b' is not the address of a node: its port is not a number from 1 to 65535; write http://host:port");
  EXPECT_EQ(
      parse_node_url("http://a/b c").error().message,
      "'http://a/b c' is not the address of a node: its path has a query, a fragment or a character that no path has; "
      "write http://host:port");
}

TEST(Url, HasAnAuthorityAndAHostHeader) {
  EXPECT_EQ(parse_node_url("http://[::1]:3000")->authority(), "[::1]:3000");
  EXPECT_EQ(parse_node_url("http://a")->authority(), "a:80");
  EXPECT_EQ(parse_node_url("http://a")->host_header(), "a");
  EXPECT_EQ(parse_node_url("https://a")->host_header(), "a");
  EXPECT_EQ(parse_node_url("https://a:80")->host_header(), "a:80");
}

// RFC 6874 writes the percent sign before a zone as %25; a Host header has no zone.
TEST(Url, MayHaveTheZoneOfALinkLocalAddress) {
  for (const char* text : {"http://[fe80::1%25eth0]:3000", "http://[fe80::1%eth0]:3000"}) {
    const Url url = parse_node_url(text).value();
    EXPECT_EQ(url.host, "fe80::1%eth0");
    EXPECT_EQ(url.host_header(), "[fe80::1]:3000");
    EXPECT_EQ(parse_node_url(url.text()).value(), url);
  }
}

TEST(HttpUrl, IsHttpOrHttpsEachWithItsPort) {
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

TEST(HttpUrl, RefusesAnythingElseAndShowsNoPassword) {
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

}  // namespace
}  // namespace sagactl
