#include "common/loopback.hpp"

#include <gtest/gtest.h>

namespace sagactl {
namespace {

TEST(Loopback, AddressesOfThisMachineAreOfThisMachine) {
  for (const char* address : {"127.0.0.1", "127.1.2.3", "127.255.255.254", "::1"}) {
    EXPECT_TRUE(is_loopback_address(address)) << address;
    EXPECT_TRUE(is_loopback_host(address)) << address;
  }
}

TEST(Loopback, LocalhostIsAHostAndNoAddress) {
  for (const char* host : {"localhost", "LOCALHOST", "LocalHost"}) {
    EXPECT_TRUE(is_loopback_host(host)) << host;
    EXPECT_FALSE(is_loopback_address(host)) << host;
  }
}

// Anybody may have a name that begins like an address.
TEST(Loopback, NamesThatBeginLikeALoopbackAddressAreOfOtherMachines) {
  for (const char* host : {"127.evil.example", "127.0.0.1.evil.example", "127.0.0.1.5", "127.0.0.256", "127.", "127",
                           "localhost.example", "10.0.0.1", "0.0.0.0", "128.0.0.1", "::2", "::", ""}) {
    EXPECT_FALSE(is_loopback_host(host)) << host;
    EXPECT_FALSE(is_loopback_address(host)) << host;
  }
}

}  // namespace
}  // namespace sagactl
