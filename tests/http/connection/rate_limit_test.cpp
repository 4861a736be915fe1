#include "server/http/connection/rate_limit.hpp"

#include <gtest/gtest.h>

namespace sagactl::http {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::make_address;

const RateLimit::Time start{};

TEST(RateLimit, AdmitsABurstOfOneSecondAndThenTheRate) {
  RateLimit limit(10);
  const auto peer = make_address("192.0.2.1");
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(limit.admit(peer, start));
  EXPECT_FALSE(limit.admit(peer, start));
  EXPECT_FALSE(limit.admit(peer, start + 99ms));
  EXPECT_TRUE(limit.admit(peer, start + 101ms));
  EXPECT_FALSE(limit.admit(peer, start + 101ms));
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(limit.admit(peer, start + 1h));
  EXPECT_FALSE(limit.admit(peer, start + 1h)) << "idle time adds no more than a burst";
}

TEST(RateLimit, LimitsEachPeerAndAnIpv6NetworkAsOne) {
  RateLimit limit(1);
  EXPECT_TRUE(limit.admit(make_address("192.0.2.1"), start));
  EXPECT_TRUE(limit.admit(make_address("192.0.2.2"), start));
  EXPECT_TRUE(limit.admit(make_address("2001:db8::1"), start));
  EXPECT_FALSE(limit.admit(make_address("2001:db8::2"), start));
  EXPECT_TRUE(limit.admit(make_address("2001:db8:0:1::1"), start));
}

TEST(RateLimit, AdmitsEverythingAtARateOfZero) {
  RateLimit limit(0);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(limit.admit(make_address("192.0.2.1"), start));
  EXPECT_EQ(limit.peers(), 0u);
}

TEST(RateLimit, TracksABoundedNumberOfPeers) {
  RateLimit limit(1, 3);
  for (int i = 1; i <= 9; ++i) EXPECT_TRUE(limit.admit(make_address("192.0.2." + std::to_string(i)), start));
  EXPECT_EQ(limit.peers(), 3u);
  EXPECT_TRUE(limit.admit(make_address("192.0.2.100"), start + 2s));
  EXPECT_EQ(limit.peers(), 1u) << "peers whose bucket is full again are dropped";
}

}  // namespace
}  // namespace sagactl::http
