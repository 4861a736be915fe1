// Against the brokers that librdkafka simulates.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <librdkafka/rdkafka_mock.h>

#include "server/adapters/kafka/client/driver.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl::kafka {
namespace {

using testing::ElementsAre;

constexpr std::int16_t list_offsets_request = 2;  // its number in Kafka's protocol

class Offsets : public testing::Test {
 protected:
  void SetUp() override {
    auto made = make_reader(options_, "offsets", {{"test.mock.num.brokers", "1"}});
    ASSERT_TRUE(made) << made.error().message;
    handle_ = std::move(made).value();
    brokers_ = rd_kafka_handle_mock_cluster(handle_.get());
    ASSERT_EQ(rd_kafka_mock_topic_create(brokers_, "shop", 2, 1), RD_KAFKA_RESP_ERR_NO_ERROR);
  }
  void refuse_next(rd_kafka_resp_err_t first, rd_kafka_resp_err_t second) {
    rd_kafka_mock_push_request_errors(brokers_, list_offsets_request, 2, first, second);
  }
  Result<std::vector<std::int64_t>> list() {
    return list_offsets(handle_.get(), options_, {{"shop", 0}, {"shop", 1}}, OffsetSpec::latest, hang_limit);
  }

 private:
  const KafkaOptions options_{.brokers = "127.0.0.1:1"};
  NativeHandle handle_;
  rd_kafka_mock_cluster_t* brokers_ = nullptr;  // of the handle
};

TEST_F(Offsets, AreAskedForAgainWhileALeaderChanges) {
  refuse_next(RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE);
  const auto listed = list();
  ASSERT_TRUE(listed) << listed.error().message;
  EXPECT_THAT(*listed, ElementsAre(0, 0));
}

TEST_F(Offsets, ThatMayNotBeReadAreNotAskedForAgain) {
  refuse_next(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_NO_ERROR);
  const auto listed = list();
  ASSERT_FALSE(listed);
  EXPECT_EQ(listed.error().code, ErrorCode::forbidden);
}

}  // namespace
}  // namespace sagactl::kafka
