// Stores may keep events that follow each other in one row: every reader of every store sees single events.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contract/grouped_events.hpp"

namespace sagactl {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::SizeIs;

class EventGroupsContract : public StoreKindTest {
 protected:
  Queries& queries() { return subject->queries(); }

  static std::vector<std::int64_t> sequences(const Result<std::vector<Event>>& events) {
    EXPECT_TRUE(events) << events.error().message;
    std::vector<std::int64_t> list;
    for (const Event& event : *events) list.push_back(event.sequence);
    return list;
  }
  std::vector<std::int64_t> published_after(std::int64_t sequence, std::size_t limit) {
    return sequences(subject->store().events_after("new", sequence, limit));
  }
};

TEST_P(EventGroupsContract, OfAFlowAreSingleEvents) {
  const GroupedEvents written(*subject);
  const std::vector<Event> of_one = queries().flow_events(written.one.order.id).value();
  ASSERT_THAT(of_one, SizeIs(4));
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(describe(of_one[i]), describe(written.events[i]));
  EXPECT_EQ(describe(of_one[3]), describe(written.events[7]));
}

TEST_P(EventGroupsContract, InListsAreSingleEvents) {
  const GroupedEvents written(*subject);
  const Timestamp third = written.events[2].occurred_at;
  EXPECT_THAT(sequences(queries().events({.limit = 4})), ElementsAre(8, 7, 6, 5));
  EXPECT_THAT(sequences(queries().events({.limit = 7})), ElementsAre(8, 7, 6, 5, 4, 3, 2));
  EXPECT_THAT(sequences(queries().events({.type = EventType::payment_processed, .limit = 4})), ElementsAre(2))
      << "also one that is not the last of its group";
  EXPECT_THAT(sequences(queries().events({.type = EventType::payment_failed, .limit = 4})), ElementsAre(4)) << "rare";
  EXPECT_THAT(sequences(queries().events({.order = written.one.order.id, .limit = 9})), ElementsAre(8, 3, 2, 1));
  EXPECT_THAT(sequences(queries().events({.user = written.one.order.user, .limit = 3})), ElementsAre(8, 3, 2));
  EventFilter since{.limit = 9};
  since.since = third;
  EXPECT_THAT(sequences(queries().events(since)), ElementsAre(8, 7, 6, 5, 4, 3)) << "within a group";
  since.order = written.one.order.id;
  EXPECT_THAT(sequences(queries().events(since)), ElementsAre(8, 3));
  EXPECT_THAT(sequences(queries().events({.requested_by_user = true, .limit = 9})), ElementsAre(7, 6, 2));
}

TEST_P(EventGroupsContract, OfAHistoryAreSingleEvents) {
  const GroupedEvents written(*subject);
  const auto snapshot = subject->history().snapshot().value();
  std::vector<std::string> verified, expected;
  const auto place = [](std::int64_t sequence, Timestamp at) {
    return std::to_string(sequence) + " " + iso8601_us(at);
  };
  ASSERT_TRUE(snapshot->each_event([&](const NodeName&, std::int64_t sequence, Timestamp at) {
    verified.push_back(place(sequence, at));
    return true;
  }));
  for (const Event& event : written.events) expected.push_back(place(event.sequence, event.occurred_at));
  EXPECT_THAT(verified, ElementsAreArray(expected));

  std::int64_t last = 0;
  ASSERT_TRUE(snapshot->each_event([&](const NodeName&, std::int64_t sequence, Timestamp) {
    last = sequence;
    return sequence < 2;
  }));
  EXPECT_EQ(last, 2) << "reading ends within a group";

  for (const bool for_messages : {true, false}) {
    std::vector<std::int64_t> of_flows;
    ASSERT_TRUE(snapshot->each_flow({.for_messages = for_messages}, [&](FlowHistory& history) {
      for (const Event& event : history.events) {
        of_flows.push_back(event.sequence);
        const Event& as_written = written.events[static_cast<std::size_t>(event.sequence - 1)];
        EXPECT_EQ(event.data, as_written.data);
        EXPECT_EQ(event.aggregate, as_written.aggregate);
        if (for_messages) {
          EXPECT_EQ(describe(event), describe(as_written));
        }
      }
      return true;
    }));
    EXPECT_THAT(of_flows, ElementsAre(1, 2, 3, 8, 4, 5));
  }
}

TEST_P(EventGroupsContract, ArePublishedFromAnyOfTheirEventsOn) {
  const GroupedEvents written(*subject);
  EXPECT_THAT(published_after(0, 2), ElementsAre(1, 2));
  EXPECT_THAT(published_after(1, 2), ElementsAre(2, 3));
  EXPECT_THAT(published_after(2, 10), ElementsAre(3, 4, 5, 6, 7, 8));
  EXPECT_THAT(published_after(8, 10), ElementsAre());
  const auto all = subject->store().events_after("new", 0, 10).value();
  ASSERT_THAT(all, SizeIs(8));
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(describe(all[i]), describe(written.events[i]));
}

TEST_P(EventGroupsContract, KnowWhichEventOfAnotherNodeTheyFollow) {
  GroupedEvents written(*subject);
  WriterNode other(*subject, "other");
  other.write([&](ChangeList& list, Timestamp now) {
    for (const EventType type : {EventType::order_created, EventType::saga_started, EventType::saga_completed}) {
      Event event = other.event(written.one, type, now);
      if (type != EventType::saga_started) event.after = {"new", event.sequence};
      list.add(event);
    }
  });
  const auto events = subject->store().events_after("other", 0, 10).value();
  ASSERT_THAT(events, SizeIs(3));
  for (const std::size_t i : {0u, 2u}) {
    ASSERT_TRUE(events[i].after);
    EXPECT_EQ(events[i].after->node, "new");
    EXPECT_EQ(events[i].after->sequence, events[i].sequence);
  }
  EXPECT_FALSE(events[1].after);
}

INSTANTIATE_TEST_SUITE_P(Stores, EventGroupsContract, testing::ValuesIn(store_kinds()), name_of_kind);

}  // namespace
}  // namespace sagactl
