// Messages with effects, and messages that cannot be understood, with a real broker.
#include "server/adapters/kafka/client/consumer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <mutex>

#include "server/adapters/kafka/client/dead_letter.hpp"
#include "server/adapters/system/system_clock.hpp"
#include "tests/kafka/kafka_site.hpp"
#include "tests/services/services.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl::kafka {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class AConsumer : public testing::Test {
 protected:
  void SetUp() override {
    SAGACTL_NEEDS(kafka_brokers(), "Kafka");
    options.kafka = site_options(*kafka_brokers());
    options.kafka.partitions = 1;
    topic = options.kafka.topic_prefix + "t";
    options.group = options.kafka.topic_prefix + "group";
    options.topics = {topic};
    options.retry_after = 20ms;
    ProducerOptions producing;
    producing.kafka = options.kafka;
    producing.topics = {topic};
    producer = Producer::open(producing).value();
  }
  void TearDown() override { consumer.reset(); }

  void start(Consumer::Handler handle) { consumer = Consumer::start(options, *clock, std::move(handle)).value(); }
  // Records every message, and handles it by `handle`.
  Consumer::Handler recording(std::function<HandlingResult(const Incoming&)> handle) {
    return [this, handle = std::move(handle)](const std::shared_ptr<const Incoming>& message, Consumer::Done done) {
      {
        const std::lock_guard lock(mutex);
        received_values.push_back(message->value.value_or("none"));
      }
      done(handle(*message));
    };
  }
  std::vector<std::string> all_received() {
    const std::lock_guard lock(mutex);
    return received_values;
  }
  void send(const std::string& value, const std::string& id) {
    ASSERT_TRUE(send_all(*producer, {{topic, "key", value, {{event_id_header, id}, {"traceparent", "t"}}}}).ok());
  }
  bool await_effects(std::uint64_t count) {
    return eventually([&] { return consumer->state().progress.effected >= count; });
  }

  const std::unique_ptr<Clock> clock = make_system_clock();
  ConsumerOptions options;
  std::string topic;
  std::unique_ptr<Producer> producer;
  std::unique_ptr<Consumer> consumer;
  std::mutex mutex;
  std::vector<std::string> received_values;
};

TEST_F(AConsumer, ResumesAfterTheLastEffect) {
  const auto effected = recording([](const Incoming&) { return Handled{}; });
  send("1", "a");
  start(effected);
  ASSERT_TRUE(await_effects(1));
  consumer.reset();
  send("2", "b");
  start(effected);
  ASSERT_TRUE(await_effects(1));
  EXPECT_THAT(all_received(), ElementsAre("1", "2"));
}

TEST_F(AConsumer, ReadsAgainAMessageThatHadNoEffectWhenItEnded) {
  std::atomic<int> read = 0;
  start([&](const auto&, Consumer::Done) { ++read; });
  send("1", "a");
  ASSERT_TRUE(eventually([&] { return read == 1; }));
  consumer.reset();
  start(recording([](const Incoming&) { return Handled{}; }));
  ASSERT_TRUE(await_effects(1));
  EXPECT_THAT(all_received(), ElementsAre("1"));
}

TEST_F(AConsumer, SkipsARepeat) {
  start(recording([](const Incoming&) { return Handled{}; }));
  send("1", "a");
  ASSERT_TRUE(await_effects(1));
  send("1", "a");
  send("2", "b");
  ASSERT_TRUE(await_effects(2));
  EXPECT_THAT(all_received(), ElementsAre("1", "2"));
  EXPECT_EQ(consumer->state().progress.repeated, 1u);
}

TEST_F(AConsumer, IsPausedWhileItsEffectIsUnavailable) {
  std::atomic<bool> unavailable = true;
  std::atomic<int> executions = 0;
  start(recording([&](const Incoming&) -> HandlingResult {
    ++executions;
    if (unavailable) return RetryLater{"the store is unavailable"};
    return Handled{};
  }));
  send("1", "a");
  ASSERT_TRUE(eventually([&] { return executions >= 3; })) << "it is retried";
  EXPECT_EQ(consumer->state().pause_reason, "the store is unavailable");
  EXPECT_EQ(consumer->state().progress.effected, 0u);
  unavailable = false;
  ASSERT_TRUE(await_effects(1));
  EXPECT_TRUE(eventually([&] { return consumer->state().pause_reason.empty(); }));
}

TEST_F(AConsumer, HasNoMoreMessagesInFlightThanItsLimit) {
  options.in_flight_max = 10;
  std::vector<Consumer::Done> waiting;
  start([&](const auto&, Consumer::Done done) {
    const std::lock_guard lock(mutex);
    waiting.push_back(std::move(done));
  });
  std::vector<Outgoing> many(200, Outgoing{topic, "key", "v", {}});
  ASSERT_TRUE(send_all(*producer, many).ok());
  const auto held = [&] {
    const std::lock_guard lock(mutex);
    return waiting.size();
  };
  ASSERT_TRUE(eventually([&] { return held() >= 10; }));
  std::size_t answered = 0;
  const bool all = eventually([&] {
    std::vector<Consumer::Done> now;
    {
      const std::lock_guard lock(mutex);
      EXPECT_LE(waiting.size(), 10u);
      now.swap(waiting);
    }
    for (const auto& done : now) done(Handled{});
    answered += now.size();
    return answered == 200;
  });
  EXPECT_TRUE(all) << answered;
}

TEST_F(AConsumer, ReportsItsLag) {
  options.in_flight_max = 1;
  start([](const auto&, Consumer::Done) {});
  for (int i = 0; i < 5; ++i) send(std::to_string(i), std::to_string(i));
  EXPECT_TRUE(eventually([&] {
    const auto lag = consumer->state().progress.lag;
    return lag.contains(topic) && lag.at(topic) >= 4;
  }));
}

TEST_F(AConsumer, SendsPoisonToTheDeadLettersWithItsReasonAndContinues) {
  const auto handle = [](const Incoming& message) -> HandlingResult {
    if (*message.value == "bad") return Poison{"it is bad"};
    return Handled{};
  };
  start(recording(handle));
  send("good", "a");
  send("bad", "b");
  send("fine", "c");
  ASSERT_TRUE(await_effects(2));
  ASSERT_TRUE(eventually([&] { return consumer->state().progress.dead_letters == 1; }));
  const auto letters = list_dead_letters(options.kafka, topic, 10, hang_limit);
  ASSERT_TRUE(letters.ok()) << letters.error().message;
  ASSERT_EQ(letters->size(), 1u);
  const DeadLetter& letter = letters->front();
  EXPECT_EQ(letter.reason, "it is bad");
  EXPECT_EQ(letter.topic, topic);
  EXPECT_EQ(letter.partition, "0");
  EXPECT_EQ(letter.offset, "1");
  EXPECT_FALSE(letter.at.empty());
  EXPECT_EQ(letter.message.value, "bad");
  EXPECT_EQ(letter.message.header("traceparent"), "t");
}

TEST_F(AConsumer, HasNoDeadLettersBeforeItRuns) {
  EXPECT_TRUE(list_dead_letters(options.kafka, topic, 10, hang_limit).value().empty());
  const auto mistyped = list_dead_letters(options.kafka, topic + "t", 10, hang_limit);
  ASSERT_EQ(mistyped.error().code, ErrorCode::not_found);
  EXPECT_THAT(mistyped.error().message, HasSubstr("has no topic " + topic + "t, and so no dead letters of it"));
}

TEST_F(AConsumer, GetsRedeliveredPoisonUnchanged) {
  std::atomic<bool> understood = false;
  start(recording([&](const Incoming&) -> HandlingResult {
    if (understood) return Handled{};
    return Poison{"unknown"};
  }));
  send("1", "a");
  send("2", "b");
  ASSERT_TRUE(eventually([&] { return consumer->state().progress.dead_letters == 2; }));
  understood = true;
  const auto letters = list_dead_letters(options.kafka, topic, 10, hang_limit).value();
  ASSERT_EQ(letters.size(), 2u);
  const auto none = [](const DeadLetter&, const Result<void>& sent) { EXPECT_TRUE(sent.ok()); };
  ASSERT_TRUE(redeliver(options.kafka, {letters[1]}, hang_limit, none).ok());
  ASSERT_TRUE(await_effects(1));
  EXPECT_EQ(all_received().back(), "2");
  const auto left = list_dead_letters(options.kafka, topic, 10, hang_limit).value();
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left.front().message.value, "1");
}

TEST_F(AConsumer, DoesNotGetDiscardedPoison) {
  start(recording([](const Incoming&) -> HandlingResult { return Poison{"unknown"}; }));
  send("1", "a");
  send("2", "b");
  ASSERT_TRUE(eventually([&] { return consumer->state().progress.dead_letters == 2; }));
  const auto letters = list_dead_letters(options.kafka, topic, 10, hang_limit).value();
  ASSERT_EQ(letters.size(), 2u);
  const auto none = [](const DeadLetter&, const Result<void>& sent) { EXPECT_TRUE(sent.ok()); };
  ASSERT_TRUE(discard(options.kafka, {letters[0]}, hang_limit, none).ok());
  const auto left = list_dead_letters(options.kafka, topic, 10, hang_limit).value();
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left.front().message.value, "2");
  EXPECT_EQ(consumer->state().progress.dead_letters, 2) << "it was not redelivered";
}

// A broker would not take it, and no other message would be read before it was.
TEST_F(AConsumer, KeepsTheBeginningOfPoisonThatIsTooLarge) {
  start(recording([](const Incoming&) { return Poison{"too large"}; }));
  send(std::string(900'000, 'x'), "a");
  ASSERT_TRUE(eventually([&] { return consumer->state().progress.dead_letters == 1; }));
  const auto letters = list_dead_letters(options.kafka, topic, 10, hang_limit).value();
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].message.value->size(), 16'384u);
  EXPECT_EQ(letters[0].message.header("dead-letter-size"), "900000");
  Result<void> redelivered;
  EXPECT_TRUE(
      redeliver(options.kafka, letters, hang_limit, [&](const auto&, const auto& result) { redelivered = result; }));
  ASSERT_FALSE(redelivered);
  EXPECT_EQ(redelivered.error().message, "only the beginning of this message was kept: it cannot be delivered again");
}

class AConsumerThatTakesAll : public AConsumer {
 protected:
  void SetUp() override {
    AConsumer::SetUp();
    options.topics.clear();
    options.takes_all = true;
  }
  Result<void> add(const std::string& name) {
    std::promise<Result<void>> added;
    consumer->add(name, {name + "-beside"}, [&](Result<void> result) { added.set_value(std::move(result)); });
    return added.get_future().get();
  }
};

TEST_F(AConsumerThatTakesAll, ReadsATopicFromItsEndAndResumesThereAfterwards) {
  send("before", "a");
  start(recording([](const Incoming&) { return Handled{}; }));
  ASSERT_TRUE(add(topic));
  send("1", "b");
  ASSERT_TRUE(await_effects(1));
  consumer.reset();
  send("2", "c");
  start(recording([](const Incoming&) { return Handled{}; }));
  ASSERT_TRUE(add(topic));
  ASSERT_TRUE(await_effects(1));
  EXPECT_THAT(all_received(), ElementsAre("1", "2"));
}

TEST_F(AConsumerThatTakesAll, SharesNothingWithAnotherOfItsGroup) {
  start(recording([](const Incoming&) { return Handled{}; }));
  ASSERT_TRUE(add(topic));
  std::atomic<int> read = 0;
  const auto other = Consumer::start(options, *clock, [&](const auto&, Consumer::Done done) {
                       ++read;
                       done(Handled{});
                     }).value();
  std::promise<Result<void>> added;
  other->add(topic, {}, [&](Result<void> result) { added.set_value(std::move(result)); });
  ASSERT_TRUE(added.get_future().get());
  send("1", "a");
  ASSERT_TRUE(await_effects(1));
  EXPECT_TRUE(eventually([&] { return read == 1; }));
}

TEST_F(AConsumerThatTakesAll, ReadsTopicsThatAreAddedWhileItRunsAndCreatesThem) {
  start(recording([](const Incoming&) { return Handled{}; }));
  ASSERT_TRUE(add(topic));
  ASSERT_TRUE(add(topic + "-2"));
  ASSERT_TRUE(add(topic)) << "again";
  ASSERT_TRUE(
      send_all(*producer, {{topic + "-2", "k", "of the second", {}}, {topic + "-2-beside", "k", "x", {}}}).ok());
  send("of the first", "a");
  ASSERT_TRUE(await_effects(2));
  EXPECT_THAT(all_received(), testing::UnorderedElementsAre("of the first", "of the second"));
}

TEST(HandlingResult, SaysThatWhatWouldFailAgainIsADeadLetterAndThatTheRestComesAgain) {
  EXPECT_TRUE(std::holds_alternative<Handled>(handling_result({})));
  for (const ErrorCode lasting : {ErrorCode::invalid, ErrorCode::not_found, ErrorCode::bug})
    EXPECT_TRUE(std::holds_alternative<Poison>(handling_result(Error{lasting, "why"}))) << to_string(lasting);
  for (const ErrorCode passing : {ErrorCode::unavailable, ErrorCode::busy, ErrorCode::unknown_outcome})
    EXPECT_TRUE(std::holds_alternative<RetryLater>(handling_result(Error{passing, "why"}))) << to_string(passing);
}

}  // namespace
}  // namespace sagactl::kafka
