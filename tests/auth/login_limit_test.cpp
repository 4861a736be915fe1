// How many passwords may be checked, by address and account.
#include "server/auth/login_limit.hpp"

#include <gtest/gtest.h>

namespace sagactl::auth {
namespace {

constexpr SteadyTime start{1'000'000'000};
const std::string ann = "ann@example.com", bob = "bob@example.com";

// How many of N wrong passwords were checked.
int guessed(LoginLimit& limit, const std::string& address, const std::string& account, int tries, SteadyTime at) {
  int count = 0;
  for (int i = 0; i < tries; ++i) count += limit.begin(address, account, at).count() == 0 ? 1 : 0;
  return count;
}

bool logs_in(LoginLimit& limit, const std::string& address, const std::string& account, SteadyTime at) {
  if (limit.begin(address, account, at).count() != 0) return false;
  limit.succeeded(address, account, at);
  return true;
}

TEST(LoginLimit, AllowsABurstAndThenOneMoreEverySixSeconds) {
  LoginLimit limit;
  EXPECT_EQ(guessed(limit, "a", ann, 100, start), 10);
  EXPECT_EQ(guessed(limit, "a", ann, 100, start + 5s), 0);
  EXPECT_EQ(limit.begin("a", ann, start + 5s), Duration(1s)) << "the time to wait";
  EXPECT_EQ(guessed(limit, "a", ann, 100, start + 6s), 1);
  EXPECT_EQ(guessed(limit, "a", ann, 100, start + 600s), 10) << "no more than a full bucket";
}

TEST(LoginLimit, AddsNothingForAClockThatGoesBack) {
  LoginLimit limit;
  EXPECT_EQ(guessed(limit, "a", ann, 100, start), 10);
  EXPECT_EQ(guessed(limit, "a", ann, 100, start - 60s), 0);
}

TEST(LoginLimit, DoesNotCountRightPasswords) {
  LoginLimit limit;
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(logs_in(limit, "office", "user" + std::to_string(i), start));
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(logs_in(limit, "office", ann, start));
}

TEST(LoginLimit, LimitsOneAddressOverManyAccounts) {
  LoginLimit limit;
  int count = 0;
  for (int i = 0; i < 1000; ++i) count += guessed(limit, "a", "user" + std::to_string(i), 1, start);
  EXPECT_EQ(count, 30);
  EXPECT_EQ(guessed(limit, "b", ann, 1, start), 1) << "other addresses are not affected";
}

TEST(LoginLimit, FailingOnPurposeLocksNobodyOut) {
  LoginLimit limit;
  SteadyTime now = start;
  for (int hour = 0; hour < 24 * 3600; hour += 6, now = now + 6s) guessed(limit, "attacker", ann, 10, now);
  EXPECT_TRUE(logs_in(limit, "home", ann, now)) << "not even where ann has never been";
}

TEST(LoginLimit, LimitsOneAccountOverManyAddresses) {
  LoginLimit limit;
  int count = 0;
  for (int i = 0; i < 1000; ++i) count += guessed(limit, "bot" + std::to_string(i), ann, 10, start);
  EXPECT_EQ(count, 100);
  EXPECT_EQ(guessed(limit, "another bot", ann, 10, start + 30s), 10);
  EXPECT_EQ(guessed(limit, "another bot", bob, 10, start + 30s), 10) << "another account has its own";
}

TEST(LoginLimit, TheOwnerLogsInFromAKnownAddressWhileManyAddressesGuess) {
  LoginLimit limit;
  ASSERT_TRUE(logs_in(limit, "home", ann, start));
  limit.know("phone", ann);
  for (int i = 0; i < 1000; ++i) guessed(limit, "bot" + std::to_string(i), ann, 10, start);
  EXPECT_EQ(limit.begin("elsewhere", ann, start), Duration(3s));
  EXPECT_TRUE(logs_in(limit, "home", ann, start));
  EXPECT_TRUE(logs_in(limit, "phone", ann, start));
  EXPECT_EQ(guessed(limit, "home", ann, 100, start), 10) << "a known address is limited too";
}

TEST(LoginLimit, LimitsRegistrations) {
  LoginLimit limit;
  int count = 0;
  for (int i = 0; i < 1000; ++i) count += limit.begin_registration("a", start).count() == 0 ? 1 : 0;
  EXPECT_EQ(count, 60);
  EXPECT_EQ(limit.begin_registration("a", start), Duration(1s));
  EXPECT_EQ(limit.begin_registration("b", start).count(), 0);
}

TEST(KeyedTokenBuckets, KeepABoundedNumberAndDropTheLeastRecentlyUsed) {
  KeyedTokenBuckets buckets({1, 6s}, 3);
  for (const char* key : {"a", "b", "c"}) buckets.take(key, start);
  EXPECT_GT(buckets.wait("a", start).count(), 0);
  buckets.take("d", start);
  EXPECT_EQ(buckets.size(), 3u);
  EXPECT_GT(buckets.wait("a", start).count(), 0);
  EXPECT_EQ(buckets.wait("b", start).count(), 0) << "dropped";
}

TEST(AddressForLimits, IsANetworkOfIPv6) {
  EXPECT_EQ(address_for_limits("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(address_for_limits("2001:db8:1:2::1"), address_for_limits("2001:db8:1:2:ffff:1:2:3"));
  EXPECT_NE(address_for_limits("2001:db8:1:2::1"), address_for_limits("2001:db8:1:3::1"));
}

}  // namespace
}  // namespace sagactl::auth
