// Who wrote a flow last, and which event of another node an event follows: what every store knows of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contract/writing.hpp"

namespace sagactl {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class EventOrderContract : public StoreKindTest {
 protected:
  Store& store() { return subject->store(); }

  // Another event of flow 1, as the engine writes it.
  void write(TestNode& node, bool takes_over, std::optional<Event::Position> after = {}) {
    node.write([&](ChangeList& list, Timestamp now) {
      Event event = node.event(flow, EventType::order_cancelled, now);
      event.after = std::move(after);
      list.add(event);
      if (takes_over) list.changes.taken_over.push_back(flow.order.id);
    });
  }
  Loaded load_with_last(TestNode& node) {
    BatchKeys keys{.flows = {flow.order.id, order_id(99)}};
    keys.add_dependent = [](const Loaded& found, BatchKeys& more) {
      for (const Flow& each : found.flows) more.last_events.push_back(each.order.id);
    };
    return load(*subject, node, keys);
  }

  Flow flow;
};

TEST_P(EventOrderContract, TheLastWriterOfAFlowIsKnownAndWhatItWrote) {
  TestNode one(*subject, "one", 100s), two(*subject, "two", 100s);
  flow = new_flow(1, one.owner(), one.create({1}));
  flow.order.node = "one";
  const Loaded fresh = load_with_last(two);
  ASSERT_THAT(fresh.flows, SizeIs(1));
  EXPECT_EQ(fresh.flows[0].writer, "one");
  ASSERT_THAT(fresh.last_events, SizeIs(1));
  EXPECT_EQ(fresh.last_events[0].flow, flow.order.id);
  EXPECT_EQ(fresh.last_events[0].node, "one");
  EXPECT_EQ(fresh.last_events[0].sequence, 1);

  two.create({2, 3});
  write(two, true, Event::Position{"one", 1});
  const Loaded taken = load_with_last(one);
  EXPECT_EQ(taken.flows.at(0).writer, "two");
  EXPECT_EQ(taken.last_events.at(0).node, "two");
  EXPECT_EQ(taken.last_events.at(0).sequence, 3);

  write(one, true, Event::Position{"two", 3});
  write(one, false);
  const Loaded back = load_with_last(two);
  EXPECT_EQ(back.flows.at(0).writer, "one");
  EXPECT_EQ(back.last_events.at(0).sequence, 3);
}

TEST_P(EventOrderContract, AnEventIsReadWithTheOneThatItFollows) {
  TestNode one(*subject, "one", 100s), two(*subject, "two", 100s);
  flow = new_flow(1, one.owner(), one.create({1}));
  two.create({2});
  write(two, true, Event::Position{"one", 1});
  write(two, false);
  const auto events = store().events_after("two", 0, 10).value();
  ASSERT_THAT(events, SizeIs(3));
  EXPECT_FALSE(events[0].after);
  ASSERT_TRUE(events[1].after);
  EXPECT_EQ(events[1].after->node, "one");
  EXPECT_EQ(events[1].after->sequence, 1);
  EXPECT_FALSE(events[2].after);
}

TEST_P(EventOrderContract, AFlowWithoutEventsFollowsNone) {
  TestNode one(*subject, "one", 100s);
  one.write([&](ChangeList& list, Timestamp now) { list.create(flow = new_flow(1, one.owner(), now)); });
  EXPECT_THAT(load_with_last(one).last_events, IsEmpty());
}

TEST_P(EventOrderContract, ANodesCheckpointCanBeLookedAt) {
  TestNode one(*subject, "one", 100s), two(*subject, "two", 100s);
  one.create({1, 2});
  EXPECT_EQ(store().published_through("one").value(), 0);
  ASSERT_TRUE(store().set_published(one.writer(), {{"one", 2}}));
  EXPECT_EQ(store().published_through("one").value(), 2);
  EXPECT_EQ(store().published_through("nobody").value(), 0);
  for (const Backlog& backlog : store().backlogs(one.writer()).value()) EXPECT_EQ(backlog.last, 2);
}

INSTANTIATE_TEST_SUITE_P(Stores, EventOrderContract, testing::ValuesIn(store_kinds()), name_of_kind);

}  // namespace
}  // namespace sagactl
