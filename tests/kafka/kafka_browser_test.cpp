// Looking at topics, groups, messages and dead letters of a real broker.
#include "server/adapters/kafka/kafka_browser.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "server/adapters/kafka/client/dead_letter.hpp"
#include "tests/kafka/kafka_site.hpp"
#include "tests/services/services.hpp"

namespace sagactl::kafka {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ABrowser : public testing::Test {
 protected:
  void SetUp() override {
    SAGACTL_NEEDS(kafka_brokers(), "Kafka");
    options.kafka = site_options(*kafka_brokers());
    topic = options.kafka.topic_prefix + "t";
    options.topics = {topic, dead_letter_topic(topic)};
    producer = Producer::open(options).value();
    browser = make_kafka_browser(options.kafka);
    std::vector<Outgoing> messages;
    for (int n = 1; n <= 5; ++n) messages.push_back({topic, "key", std::to_string(n), {{"h", "v"}}});
    messages.push_back({topic, "key", std::nullopt, {}});
    ASSERT_TRUE(send_all(*producer, messages).ok());
  }
  std::vector<std::string> values(const BrowseRequest& request) {
    std::vector<std::string> list;
    for (const BrowsedMessage& message : browser->messages(request).value())
      list.push_back(message.value.value_or("none"));
    return list;
  }

  ProducerOptions options;
  std::string topic;
  std::unique_ptr<Producer> producer;
  std::unique_ptr<MessageBrowser> browser;
};

TEST_F(ABrowser, SeesTopicsWithTheirOffsets) {
  const auto topics = browser->topics().value();
  ASSERT_EQ(topics.size(), 2u) << "those with the prefix";
  EXPECT_EQ(topics[0].name, topic);
  ASSERT_EQ(topics[0].partitions.size(), 2u);
  std::int64_t messages = 0;
  for (const auto& partition : topics[0].partitions) messages += partition.end - partition.begin;
  EXPECT_EQ(messages, 6);
}

TEST_F(ABrowser, ReadsTheNewestMessagesFirstAndNoMoreThanItMay) {
  const auto all = browser->messages({.topic = topic, .messages_max = 100}).value();
  ASSERT_EQ(all.size(), 6u);
  const BrowsedMessage& last = all[1];
  EXPECT_EQ(last.key, "key");
  EXPECT_THAT(last.headers, ElementsAre(std::pair<std::string, std::string>("h", "v")));
  EXPECT_THAT(values({.topic = topic, .messages_max = 3}), ElementsAre("none", "5", "4"));
  EXPECT_THAT(values({.topic = topic, .partition = last.partition, .before = last.offset, .messages_max = 2}),
              ElementsAre("4", "3"));
  EXPECT_EQ(values({.topic = topic, .messages_max = 100, .bytes_max = 12}).size(), 2u) << "a key and a header each";
  EXPECT_EQ(values({.topic = topic, .partition = 1 - last.partition, .messages_max = 100}).size(), 0u);
  const auto none = browser->messages({.topic = topic + "x"});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::not_found);
  const auto nowhere = browser->messages({.topic = topic, .partition = 7});
  ASSERT_FALSE(nowhere);
  EXPECT_THAT(nowhere.error().message, HasSubstr("has no partition 7"));
}

TEST_F(ABrowser, DeliversDeadLettersAgainOrDiscardsThem) {
  const Incoming poison{topic, 0, 3, Timestamp{1'000'000}, "key", "poison", {}};
  ASSERT_TRUE(send_all(*producer, {to_dead_letter(poison, "no JSON", Timestamp{1}),
                                   to_dead_letter(poison, "too long", Timestamp{2})})
                  .ok());
  const auto letters = browser->dead_letters(topic, 10).value();
  ASSERT_EQ(letters.size(), 2u);
  EXPECT_EQ(letters[0].reason, "no JSON");
  EXPECT_EQ(letters[0].value, "poison");
  const auto unknown = browser->redeliver(topic, {"9:9"});
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().message, HasSubstr("has the id 9:9"));
  const auto sent = browser->redeliver(topic, {letters[0].id}).value();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_FALSE(sent[0].error);
  EXPECT_EQ(browser->messages({.topic = topic, .messages_max = 100}).value().size(), 7u);
  EXPECT_EQ(browser->discard(topic, {}).value().size(), 1u) << "all that are left";
  EXPECT_TRUE(browser->dead_letters(topic, 10).value().empty());
}

TEST_F(ABrowser, SeesGroupsAndHowFarTheyAreBehind) {
  const auto groups = browser->groups();
  ASSERT_TRUE(groups) << groups.error().message;
  for (const BrowsedGroup& group : *groups) {
    EXPECT_FALSE(group.name.empty());
    for (const auto& place : group.places) EXPECT_GE(place.end, place.committed) << group.name << ' ' << place.topic;
  }
}

}  // namespace
}  // namespace sagactl::kafka
