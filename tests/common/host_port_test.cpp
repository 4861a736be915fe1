#include "common/text/host_port.hpp"

#include <gtest/gtest.h>

namespace sagactl {
namespace {

TEST(HostPort, IsReadWithAndWithoutAPort) {
  const std::pair<const char*, HostPort> rows[] = {
      {"db", {"db", {}}},
      {"db-1.example:5432", {"db-1.example", 5432}},
      {"my_host:65535", {"my_host", 65535}},
      {"127.0.0.1:1", {"127.0.0.1", 1}},
      {"[::1]", {"::1", {}}},
      {"[::1]:80", {"::1", 80}},
      {"[fe80::1%eth0]:80", {"fe80::1%eth0", 80}},
      {"[::ffff:10.0.0.1]:80", {"::ffff:10.0.0.1", 80}},
  };
  for (const auto& [text, expected] : rows) {
    const auto read = parse_host_port(text);
    ASSERT_TRUE(read.ok()) << text << ": " << read.error().message;
    EXPECT_EQ(*read, expected) << text;
  }
}

TEST(HostPort, IsRefusedWithTheReasonAndNothingOfTheText) {
  const char* port = "its port is not a number from 1 to 65535";
  const char* host = "its host has a character that no host has";
  const std::pair<const char*, const char*> rows[] = {
      {"", "it names no host"},
      {":80", "it names no host"},
      {"a:", port},
      {"a:0", port},
      {"a:65536", port},
      {"a:99999", port},
      {"a:99999999999", port},
      {"a:x", port},
      {"a:-1", port},
      {"a:1:2", "an IPv6 address must be in brackets, as in [::1]"},
      {"[::1]:x", port},
      {"a b", host},
      {"a%41", host},
      {"a\r\nb", host},
      {"a?b", host},
      {"a,b", host},
      {"::1", "an IPv6 address must be in brackets, as in [::1]"},
      {"[::1", "a bracket is not closed"},
      {"[::1]3", "what its brackets hold is no IPv6 address, or more than a port follows them"},
      {"[12]", "what its brackets hold is no IPv6 address, or more than a port follows them"},
      {"me:secret@a", "it has a user or a password before its host"},
  };
  for (const auto& [text, reason] : rows) {
    const auto read = parse_host_port(text);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(read.error().code, ErrorCode::invalid) << text;
    EXPECT_EQ(read.error().message, reason) << text;
  }
}

TEST(HostPort, IsWrittenAsItIsRead) {
  for (const char* text : {"db:5432", "[::1]:80", "[fe80::1%eth0]:80"}) {
    const HostPort read = *parse_host_port(text);
    EXPECT_EQ(host_port_text(read.host, *read.port), text);
  }
}

}  // namespace
}  // namespace sagactl
