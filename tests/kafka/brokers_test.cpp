#include <gtest/gtest.h>

#include "server/adapters/kafka/client/kafka_options.hpp"

namespace sagactl {
namespace {

TEST(Brokers, AreHostsWithPorts) {
  EXPECT_EQ(parse_brokers("kafka-1:9093").value(), "kafka-1:9093");
  EXPECT_EQ(parse_brokers(" a:1 , 10.0.0.2:2 ").value(), "a:1,10.0.0.2:2");
  EXPECT_EQ(parse_brokers("[::1]:9092").value(), "[::1]:9092");
}

TEST(Brokers, HaveKafkasPortWhenNoneIsGiven) {
  EXPECT_EQ(parse_brokers("a,[::1]").value(), "a:9092,[::1]:9092");
}

TEST(Brokers, AreRefusedByNameWhenTheyAreInvalid) {
  for (const char* wrong : {"", "a,,b", "a:0", "a:65536", "a:x", ":9092", "kafka://a", "a b:1", "a:1:2"}) {
    const auto brokers = parse_brokers(wrong);
    ASSERT_FALSE(brokers.ok()) << wrong;
    EXPECT_EQ(brokers.error().code, ErrorCode::invalid);
  }
  EXPECT_NE(parse_brokers("a:1,b:x").error().message.find("'b:x'"), std::string::npos);
}

}  // namespace
}  // namespace sagactl
