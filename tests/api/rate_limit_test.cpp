// How often an address may try to log in.
#include "server/api/rate_limit.hpp"

#include <gtest/gtest.h>

namespace sagactl::api {
namespace {

constexpr Timestamp start{1'000'000'000};

int allowed(LoginLimit& limit, const std::string& address, int tries, Timestamp at) {
  int count = 0;
  for (int i = 0; i < tries; ++i) count += limit.allow(address, at) ? 1 : 0;
  return count;
}

TEST(LoginLimit, AllowsABurstAndThenOneMoreEverySixSeconds) {
  LoginLimit limit;
  EXPECT_EQ(allowed(limit, "a", 100, start), 10);
  EXPECT_EQ(allowed(limit, "a", 100, start + 5s), 0);
  EXPECT_EQ(allowed(limit, "a", 100, start + 6s), 1);
  EXPECT_EQ(allowed(limit, "a", 100, start + 600s), 10) << "no more than a full bucket";
}

TEST(LoginLimit, CountsEachAddressForItself) {
  LoginLimit limit;
  EXPECT_EQ(allowed(limit, "a", 100, start), 10);
  EXPECT_EQ(allowed(limit, "b", 100, start), 10);
}

TEST(LoginLimit, GivesNothingForAClockThatGoesBack) {
  LoginLimit limit;
  EXPECT_EQ(allowed(limit, "a", 100, start), 10);
  EXPECT_EQ(allowed(limit, "a", 100, start - 60s), 0);
}

TEST(LoginLimit, RemembersABoundedNumberOfAddresses) {
  LoginLimit limit;
  for (std::size_t i = 0; i < LoginLimit::addresses_max; ++i)
    ASSERT_TRUE(limit.allow(std::to_string(i), start));
  EXPECT_FALSE(limit.allow("one more", start)) << "as long as all the others count";
  EXPECT_TRUE(limit.allow("one more", start + 60s)) << "when they have been forgotten";
}

}  // namespace
}  // namespace sagactl::api
