#include "server/adapters/message_participants/allowed_topics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sagactl {
namespace {

using testing::HasSubstr;

AllowedTopics topics(const std::vector<std::string>& entries) {
  return AllowedTopics::parse(entries).value();
}

TEST(AllowedTopics, AreNoneUnlessTheyAreNamed) {
  const auto none = topics({}).allow("mail", "mail-commands");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().message,
            "this node may not ask the participant 'mail' in the topic mail-commands: start it with "
            "--participants-topics mail-commands");
}

TEST(AllowedTopics, AreThoseOfTheListAndThoseThatBeginLikeAnEntryWithAStar) {
  const AllowedTopics some = topics({"mail-commands", "travel.*"});
  EXPECT_TRUE(some.allow("mail", "mail-commands"));
  EXPECT_TRUE(some.allow("mail", "travel.hotel"));
  EXPECT_TRUE(some.allow("mail", "travel."));
  const auto other = some.allow("mail", "mail-commands2");
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message, HasSubstr("it may use mail-commands, travel.* (--participants-topics)"));
  EXPECT_FALSE(some.allow("mail", "travel"));
}

TEST(AllowedTopics, AreNeverThoseOfThisProgramOrOfKafka) {
  const AllowedTopics all = AllowedTopics::parse(std::vector<std::string>{"_*", "saga-events", "payment-*", "mail*",
                                                                          "order*", "orchestrator*"})
                                .value();
  for (const char* topic :
       {"saga-events", "payment-commands", "payment-replies", "payment-commands.dead-letter", "orchestrator.saga",
        "orchestrator.reply", "order.created", "__consumer_offsets", "mail.answers", "mail.dead-letter"}) {
    const auto reserved = all.allow("mail", topic);
    ASSERT_FALSE(reserved) << topic;
    EXPECT_THAT(reserved.error().message, HasSubstr("that is one of its own or of Kafka's")) << topic;
  }
  EXPECT_TRUE(all.allow("mail", "mail"));
}

TEST(AllowedTopics, EntriesThatNameNoTopicAreRefused) {
  for (const char* entry : {"", "*", "a b", "*.mail", "mail/commands"}) {
    const auto wrong = AllowedTopics::parse(std::vector<std::string>{entry});
    ASSERT_FALSE(wrong) << entry;
    EXPECT_EQ(wrong.error().code, ErrorCode::invalid);
    EXPECT_THAT(wrong.error().message, HasSubstr("is no name of a topic; write one like mail-commands")) << entry;
  }
}

}  // namespace
}  // namespace sagactl
