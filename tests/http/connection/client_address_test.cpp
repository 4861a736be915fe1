// The client of a request behind proxies, and which proxies are trusted.
#include "server/http/connection/client_address.hpp"

#include <gtest/gtest.h>

namespace sagactl::http::testing {
namespace {

namespace asio = boost::asio;

const std::vector<std::string> networks = {"127.0.0.1", "10.0.0.0/8", "fd00::/8"};

struct Row {
  const char* what;
  const char* peer;
  std::vector<Header> headers;
  const char* client;
  bool is_https = false;
};

TEST(ClientAddress, IsTheFirstFromTheRightThatIsNoTrustedProxy) {
  const Row rows[] = {
      {"no header", "127.0.0.1", {}, "127.0.0.1"},
      {"a proxy that is not trusted", "192.0.2.1", {{"x-forwarded-for", "198.51.100.7"}}, "192.0.2.1"},
      {"one proxy", "127.0.0.1", {{"x-forwarded-for", "198.51.100.7"}}, "198.51.100.7"},
      {"what the client wrote itself stands left of it",
       "127.0.0.1",
       {{"x-forwarded-for", "203.0.113.1, 127.0.0.1, 198.51.100.7"}},
       "198.51.100.7"},
      {"two proxies", "127.0.0.1", {{"x-forwarded-for", "203.0.113.1, 198.51.100.7, 10.1.2.3"}}, "198.51.100.7"},
      {"in several headers",
       "127.0.0.1",
       {{"x-forwarded-for", "203.0.113.1"}, {"x-forwarded-for", "198.51.100.7"}},
       "198.51.100.7"},
      {"all of them trusted", "127.0.0.1", {{"x-forwarded-for", "10.9.9.9, 10.1.2.3"}}, "10.9.9.9"},
      {"with a port", "127.0.0.1", {{"x-forwarded-for", "198.51.100.7:4711"}}, "198.51.100.7"},
      {"IPv6", "127.0.0.1", {{"x-forwarded-for", "2001:db8::7"}}, "2001:db8::7"},
      {"IPv6 with a port", "127.0.0.1", {{"x-forwarded-for", "[2001:db8::7]:4711"}}, "2001:db8::7"},
      {"IPv4 in IPv6", "127.0.0.1", {{"x-forwarded-for", "::ffff:198.51.100.7"}}, "198.51.100.7"},
      {"an IPv6 proxy", "fd12::1", {{"x-forwarded-for", "198.51.100.7"}}, "198.51.100.7"},
      {"no address", "127.0.0.1", {{"x-forwarded-for", "198.51.100.7, unknown"}}, "127.0.0.1"},
      {"no address further left", "127.0.0.1", {{"x-forwarded-for", "unknown, 10.1.2.3"}}, "10.1.2.3"},
      {"nobody", "127.0.0.1", {{"x-forwarded-for", ""}}, "127.0.0.1"},
      {"over https",
       "127.0.0.1",
       {{"x-forwarded-for", "198.51.100.7"}, {"x-forwarded-proto", "https"}},
       "198.51.100.7",
       true},
      {"over https and then http inside",
       "127.0.0.1",
       {{"x-forwarded-for", "198.51.100.7, 10.1.2.3"}, {"x-forwarded-proto", "https, http"}},
       "198.51.100.7",
       true},
      {"Forwarded", "127.0.0.1", {{"forwarded", "for=198.51.100.7;proto=https;by=10.0.0.1"}}, "198.51.100.7", true},
      {"Forwarded, quoted IPv6 with a port", "127.0.0.1", {{"forwarded", "For=\"[2001:db8::7]:4711\""}}, "2001:db8::7"},
      {"Forwarded, a comma and a semicolon in quotes",
       "127.0.0.1",
       {{"forwarded", "for=203.0.113.1;host=\"a,b;for=1.1.1.1\", for=\"198.51.100.7\""}},
       "198.51.100.7"},
      {"Forwarded, an escaped quote",
       "127.0.0.1",
       {{"forwarded", "host=\"a\\\",for=1.1.1.1\";for=198.51.100.7"}},
       "198.51.100.7"},
      {"Forwarded, hidden", "127.0.0.1", {{"forwarded", "for=198.51.100.7, for=_hidden"}}, "127.0.0.1"},
      {"Forwarded, unknown", "127.0.0.1", {{"forwarded", "for=unknown"}}, "127.0.0.1"},
      {"Forwarded, broken quotes", "127.0.0.1", {{"forwarded", "for=\"198.51.100.7"}}, "127.0.0.1"},
      {"both, which agree",
       "127.0.0.1",
       {{"x-forwarded-for", "198.51.100.7"}, {"forwarded", "for=198.51.100.7"}},
       "198.51.100.7"},
      {"both, of which the client wrote one",
       "127.0.0.1",
       {{"x-forwarded-for", "198.51.100.7"}, {"forwarded", "for=203.0.113.1"}},
       "127.0.0.1"},
  };
  const TrustedProxies trusted = TrustedProxies::parse(networks).value();
  for (const Row& row : rows) {
    Request request;
    request.headers = row.headers;
    const ClientAddress found = client_address(request, asio::ip::make_address(row.peer), trusted);
    EXPECT_EQ(found.address.to_string(), row.client) << row.what;
    EXPECT_EQ(found.is_https, row.is_https) << row.what;
  }
}

TEST(TrustedProxies, MatchNetworksToTheBit) {
  const TrustedProxies trusted = TrustedProxies::parse({"10.8.0.0/13", "2001:db8::/33", "192.0.2.7"}).value();
  for (const char* in : {"10.8.0.0", "10.15.255.255", "::ffff:10.9.9.9", "2001:db8:7fff::1", "192.0.2.7"})
    EXPECT_TRUE(trusted.contains(asio::ip::make_address(in))) << in;
  for (const char* out : {"10.7.255.255", "10.16.0.0", "2001:db8:8000::1", "192.0.2.8", "::1"})
    EXPECT_FALSE(trusted.contains(asio::ip::make_address(out))) << out;
  EXPECT_TRUE(TrustedProxies::parse({"0.0.0.0/0"})->contains(asio::ip::make_address("198.51.100.7")));
  EXPECT_FALSE(TrustedProxies::parse({"0.0.0.0/0"})->contains(asio::ip::make_address("2001:db8::1")));
}

TEST(TrustedProxies, NameWhatIsNoNetwork) {
  for (const char* wrong :
       {"", "nginx", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8x", "fd00::/129", "10.0.0"}) {
    const auto parsed = TrustedProxies::parse({wrong});
    ASSERT_FALSE(parsed.ok()) << wrong;
    EXPECT_NE(parsed.error().message.find("'" + std::string(wrong) + "'"), std::string::npos);
  }
}

}  // namespace
}  // namespace sagactl::http::testing
