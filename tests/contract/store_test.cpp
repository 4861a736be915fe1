// What every Store does.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/contract/writing.hpp"

namespace sagactl {
namespace {

class StoreContract : public StoreKindTest {
 protected:
  Store& store() { return subject->store(); }
  Queries& queries() { return subject->queries(); }
};

TEST_P(StoreContract, LoadsAFlowWholeAsItWasWritten) {
  WriterNode node(*subject, "node-1");
  const Timestamp now = node.create({0, 1});
  const Loaded loaded = load(*subject, node, {.flows = {order_id(1), order_id(99), order_id(0)}});
  ASSERT_EQ(loaded.flows.size(), 2u);
  for (const Flow& flow : loaded.flows) {
    const int number = flow.order.id == order_id(0) ? 0 : 1;
    EXPECT_EQ(describe(flow), describe(new_flow(number, node.owner(), now)));
  }
}

TEST_P(StoreContract, AChangedFlowIsLoadedAsItWasChanged) {
  WriterNode node(*subject, "node-1");
  const Timestamp then = node.create({1, 2});
  Flow paid, undone;
  node.write([&](ChangeList& list, Timestamp now) {
    paid = completed(new_flow(1, node.owner(), then), now);
    undone = compensated(new_flow(2, node.owner(), then), "no \"money\"", now);
    list.update(paid).update(undone);
    paid.barriers.push_back({1, Direction::action, 1, false, ""});
    undone.barriers.push_back({1, Direction::action, 1, true, "declined"});
    undone.barriers.push_back({1, Direction::compensation, 1, false, ""});
    list.add(paid.order.id, paid.barriers[1]);
    list.add(undone.order.id, undone.barriers[2]).add(undone.order.id, undone.barriers[1]);
  });
  Loaded loaded = load(*subject, node, {.flows = {order_id(1), order_id(2)}});
  ASSERT_EQ(loaded.flows.size(), 2u);
  std::sort(loaded.flows.begin(), loaded.flows.end(),
            [](const Flow& a, const Flow& b) { return a.order.id < b.order.id; });
  EXPECT_EQ(describe(loaded.flows[0]), describe(paid));
  EXPECT_EQ(describe(loaded.flows[1]), describe(undone));
}

TEST_P(StoreContract, EveryWriteChecksTheEpoch) {
  WriterNode first(*subject, "node-1");
  first.create({1});
  WriterNode second(*subject, "node-1");
  EXPECT_EQ(second.writer().epoch, first.writer().epoch + 1);
  EXPECT_EQ(second.last_sequence(), 1);

  const auto commit =
      first.try_write([&](ChangeList& list, Timestamp now) { list.create(new_flow(2, first.owner(), now)); });
  ASSERT_TRUE(commit);
  EXPECT_EQ(*commit, Commit::fenced);
  EXPECT_FALSE(queries().flow(order_id(2)).value());
  EXPECT_FALSE(store().renew(first.writer(), 10s).value());
  EXPECT_EQ(store().adopt(first.writer(), Owners::dead, 10).error().code, ErrorCode::conflict);
  EXPECT_EQ(store().set_published(first.writer(), {{"node-1", 1}}).error().code, ErrorCode::conflict);
  EXPECT_TRUE(store().renew(second.writer(), 10s).value());
}

TEST_P(StoreContract, AWriterThatHasResignedIsFenced) {
  WriterNode node(*subject, "node-1");
  ASSERT_TRUE(store().resign(node.writer()));
  EXPECT_EQ(node.try_write([](ChangeList&, Timestamp) {}).value(), Commit::fenced);
  EXPECT_FALSE(store().renew(node.writer(), 10s).value());
}

TEST_P(StoreContract, ALeaseThatRanOutUnnoticedIsStillGood) {
  WriterNode node(*subject, "node-1", 1s);
  subject->clock.advance(5s);
  EXPECT_EQ(node.try_write([](ChangeList&, Timestamp) {}).value(), Commit::committed);
  EXPECT_TRUE(store().renew(node.writer(), 1s).value());
}

TEST_P(StoreContract, AdoptTakesOnlySagasOfDeadOwners) {
  WriterNode live(*subject, "live", 100s), dead(*subject, "dead", 1s), adopter(*subject, "adopter", 100s);
  live.create({1});
  dead.create({2, 3, 4, 5});
  adopter.create({6});
  dead.write([&](ChangeList& list, Timestamp now) { list.update(completed(new_flow(3, dead.owner(), now), now)); });

  EXPECT_TRUE(store().adopt(adopter.writer(), Owners::dead, 10).value().empty());
  subject->clock.advance(5s);
  EXPECT_EQ(store().adopt(adopter.writer(), Owners::dead, 2).value(), (std::vector<OrderId>{order_id(2), order_id(4)}));
  EXPECT_EQ(store().adopt(adopter.writer(), Owners::dead, 10).value(), (std::vector<OrderId>{order_id(5)}));
  EXPECT_TRUE(store().adopt(adopter.writer(), Owners::dead, 10).value().empty());
  EXPECT_EQ(queries().flow(order_id(4)).value()->saga->owner, adopter.owner());
  EXPECT_EQ(queries().flow(order_id(3)).value()->saga->owner, dead.owner());
  EXPECT_EQ(queries().flow(order_id(1)).value()->saga->owner, live.owner());
}

TEST_P(StoreContract, AnOwnerWhoseSagaIsAdoptedIsFenced) {
  WriterNode paused(*subject, "paused", 1s), adopter(*subject, "adopter", 100s);
  paused.create({1});
  subject->clock.advance(5s);
  ASSERT_EQ(store().adopt(adopter.writer(), Owners::dead, 10).value().size(), 1u);
  EXPECT_EQ(paused.try_write([](ChangeList&, Timestamp) {}).value(), Commit::fenced);
  EXPECT_FALSE(store().renew(paused.writer(), 10s).value());
}

TEST_P(StoreContract, ANewLifeAdoptsTheSagasOfTheOneBefore) {
  WriterNode before(*subject, "node-1", 100s);
  before.create({1, 2});
  WriterNode after(*subject, "node-1", 100s);
  EXPECT_EQ(store().adopt(after.writer(), Owners::dead, 10).value(), (std::vector<OrderId>{order_id(1), order_id(2)}));
  EXPECT_EQ(after.try_write([](ChangeList&, Timestamp) {}).value(), Commit::committed);
}

TEST_P(StoreContract, SagasOfANodeThatResignedAreAdoptedAtOnce) {
  WriterNode gone(*subject, "gone", 100s), adopter(*subject, "adopter", 100s);
  gone.create({1});
  ASSERT_TRUE(store().resign(gone.writer()));
  EXPECT_EQ(store().adopt(adopter.writer(), Owners::dead, 10).value(), (std::vector<OrderId>{order_id(1)}));
}

TEST_P(StoreContract, WorksAsBeforeAfterItGaveMemoryBack) {
  WriterNode node(*subject, "node-1");
  node.create({1});
  ASSERT_TRUE(queries().flow(order_id(1)).value());
  store().release_memory();
  node.create({2});
  for (const int number : {1, 2}) EXPECT_TRUE(queries().flow(order_id(number)).value()) << number;
}

TEST_P(StoreContract, ClaimIsUniquePerKey) {
  WriterNode node(*subject, "node-1");
  const KeyDigest key = digest_of_key("k");
  node.write([&](ChangeList& list, Timestamp now) {
    list.create(new_flow(1, node.owner(), now)).create(new_flow(2, node.owner(), now));
    list.add(Claim{key, order_id(1), true});
  });
  node.write([&](ChangeList& list, Timestamp) {
    list.add(Claim{key, order_id(1), false}).add(Claim{key, order_id(2), true});
  });
  const Loaded loaded = load(*subject, node, {.claims = {key, digest_of_key("other"), key}});
  ASSERT_EQ(loaded.claims.size(), 1u);
  EXPECT_EQ(loaded.claims[0].key, key);
  EXPECT_EQ(loaded.claims[0].order, order_id(2));
  EXPECT_TRUE(loaded.claims[0].live);
}

TEST_P(StoreContract, ContradictionsAreBugsAndWriteNothing) {
  WriterNode node(*subject, "node-1");
  node.create({1});
  using Fill = std::function<void(ChangeList&, Timestamp)>;
  const std::vector<std::pair<std::string, Fill>> contradictions = {
      {"a new order that exists",
       [&](ChangeList& list, Timestamp now) { list.create(new_flow(1, node.owner(), now)); }},
      {"a changed order that does not exist",
       [&](ChangeList& list, Timestamp now) { list.update(new_flow(7, node.owner(), now)); }},
      {"a second payment of one attempt",
       [&](ChangeList& list, Timestamp now) { list.add(new_flow(1, node.owner(), now).payments[0]); }},
      {"a barrier that exists", [&](ChangeList& list, Timestamp) { list.add(order_id(1), Barrier{}); }},
      {"two users with one email",
       [&](ChangeList& list, Timestamp now) {
         User other = new_user(2, now);
         other.email = new_user(1, now).email;
         list.add(new_user(1, now)).add(other);
       }},
      {"an event out of sequence",
       [&](ChangeList& list, Timestamp now) {
         Event event = node.event(new_flow(1, node.owner(), now), EventType::order_confirmed, now);
         ++event.sequence;
         list.add(event);
       }},
      {"an event of another node",
       [&](ChangeList& list, Timestamp now) {
         Event event = node.event(new_flow(1, node.owner(), now), EventType::order_confirmed, now);
         event.node = "node-2";
         list.add(event);
       }},
      {"an event from before the batch",
       [&](ChangeList& list, Timestamp now) {
         Event event = node.event(new_flow(1, node.owner(), now), EventType::order_confirmed, now);
         event.occurred_at = now - 1us;
         list.add(event);
       }},
  };
  for (const auto& [what, fill] : contradictions) {
    SCOPED_TRACE(what);
    const auto commit = node.try_write([&, &contradict = fill](ChangeList& list, Timestamp now) {
      list.create(new_flow(3, node.owner(), now));
      contradict(list, now);
    });
    ASSERT_FALSE(commit);
    EXPECT_EQ(commit.error().code, ErrorCode::bug) << commit.error().message;
    EXPECT_FALSE(queries().flow(order_id(3)).value());
    EXPECT_FALSE(store().has_event("node-1", 2).value());
  }
  node.create({3});
  EXPECT_EQ(queries().counts().value().orders.at(OrderStatus::pending), 2);
}

TEST_P(StoreContract, TimesIncreaseOverCommitsAndWhatWasWritten) {
  WriterNode node(*subject, "node-1");
  const Timestamp first = node.create({1});
  Timestamp second, third;
  node.write([&](ChangeList& list, Timestamp now) {
    second = now;
    list.add(node.event(new_flow(1, node.owner(), now), EventType::saga_started, now + 7us));
  });
  subject->clock.step(-10s);
  node.write([&](ChangeList&, Timestamp now) { third = now; });
  EXPECT_GT(second, first);
  EXPECT_GT(third, second + 7us);
  EXPECT_GE(queries().database_time().value(), third);
}

TEST_P(StoreContract, UsersAreLoadedByIdAndByEmailOnce) {
  WriterNode node(*subject, "node-1");
  User first, second;
  node.write([&](ChangeList& list, Timestamp now) {
    first = new_user(1, now);
    second = new_user(2, now);
    list.add(first).add(second);
  });
  const Loaded both = load(*subject, node, {.users = {user_id(1)}, .emails = {first.email, second.email, "no@one"}});
  EXPECT_EQ(both.users.size(), 2u);
  first.email = "new@test.com";
  node.write([&](ChangeList& list, Timestamp) { list.add(first); });
  EXPECT_TRUE(load(*subject, node, {.emails = {"user1@test.com"}}).users.empty());
  const Loaded changed = load(*subject, node, {.emails = {"new@test.com"}});
  ASSERT_EQ(changed.users.size(), 1u);
  EXPECT_EQ(describe(changed.users[0]), describe(first));
}

TEST_P(StoreContract, ReplaysAreKeptPerUserAndForgottenByAge) {
  WriterNode node(*subject, "node-1");
  const Timestamp start = subject->clock.now();
  node.write([&](ChangeList& list, Timestamp) {
    for (int i = 0; i < 4; ++i)
      list.add(Replay{{user_id(i % 2), "k" + std::to_string(i / 2)}, "digest", 201, R"({"id":1})", start + i * 1s});
  });
  const BatchKeys all{.replays = {{user_id(0), "k0"}, {user_id(1), "k0"}, {user_id(0), "k1"}, {user_id(2), "k0"}}};
  EXPECT_EQ(load(*subject, node, all).replays.size(), 3u);
  subject->clock.advance(10s);
  const Duration age = subject->clock.now() - (start + 2s);
  EXPECT_EQ(store().forget_replays(age, 1).value(), 1u);
  EXPECT_EQ(store().forget_replays(age, 10).value(), 1u);
  EXPECT_EQ(store().forget_replays(age, 10).value(), 0u);
  const Loaded left = load(*subject, node, all);
  ASSERT_EQ(left.replays.size(), 1u);
  EXPECT_EQ(left.replays[0].key.key, "k1");
  EXPECT_EQ(left.replays[0].request_digest, "digest");
  EXPECT_EQ(left.replays[0].status, 201);
  EXPECT_EQ(left.replays[0].body, R"({"id":1})");
  EXPECT_EQ(left.replays[0].created_at, start + 2s);
}

TEST_P(StoreContract, EventsOfANodeAreReadInOrder) {
  WriterNode one(*subject, "one"), two(*subject, "two");
  one.create({1, 2});
  two.create({3});
  one.create({4, 5});
  std::vector<std::int64_t> sequences;
  for (const Event& event : store().events_after("one", 1, 2).value()) sequences.push_back(event.sequence);
  EXPECT_EQ(sequences, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(store().events_after("one", 0, 100).value().size(), 4u);
  EXPECT_EQ(store().events_after("two", 0, 100).value().size(), 1u);
  EXPECT_TRUE(store().events_after("three", 0, 100).value().empty());
  EXPECT_TRUE(store().has_event("one", 4).value());
  EXPECT_FALSE(store().has_event("one", 5).value());
  EXPECT_FALSE(store().has_event("three", 1).value());
}

TEST_P(StoreContract, AnEventIsReadAsItWasWritten) {
  WriterNode node(*subject, "node-1");
  std::vector<Event> written;
  node.write([&](ChangeList& list, Timestamp now) {
    const Flow flow = new_flow(4, node.owner(), now);
    list.create(flow);
    for (const EventType type : {EventType::order_created, EventType::payment_processed, EventType::saga_retried}) {
      written.push_back(node.event(flow, type, now + 1us * written.size()));
      list.add(written.back());
    }
  });
  const auto read = store().events_after("node-1", 0, 10).value();
  ASSERT_EQ(read.size(), written.size());
  for (std::size_t i = 0; i < read.size(); ++i) EXPECT_EQ(describe(read[i]), describe(written[i]));
}

TEST_P(StoreContract, AnEventComesWithTheTraceParentOfItsSaga) {
  WriterNode node(*subject, "node-1");
  node.create({4, 5});
  const auto read = store().events_after("node-1", 0, 10).value();
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].trace_parent, "");
  EXPECT_EQ(read[1].trace_parent, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
}

TEST_P(StoreContract, ABacklogIsItsOwnNodesUntilThatDies) {
  WriterNode one(*subject, "one", 100s), two(*subject, "two", 1s);
  one.create({1});
  two.create({2, 3});
  const auto of = [&](const WriterNode& node) {
    std::vector<std::pair<NodeName, std::int64_t>> list;
    for (const Backlog& backlog : store().backlogs(node.writer()).value())
      list.emplace_back(backlog.node, backlog.published);
    std::sort(list.begin(), list.end());
    return list;
  };
  using List = std::vector<std::pair<NodeName, std::int64_t>>;
  EXPECT_EQ(of(one), (List{{"one", 0}}));
  subject->clock.advance(5s);
  EXPECT_EQ(of(one), (List{{"one", 0}, {"two", 0}}));
  ASSERT_TRUE(store().set_published(one.writer(), {{"one", 1}, {"two", 1}}));
  ASSERT_TRUE(store().set_published(one.writer(), {{"one", 0}}));
  EXPECT_EQ(of(one), (List{{"one", 1}, {"two", 1}}));
  EXPECT_EQ(queries().counts().value().unpublished_events, 1);
  ASSERT_TRUE(store().set_published(one.writer(), {{"two", 2}}));
  EXPECT_EQ(of(one), (List{{"one", 1}}));
}

class DurableStoreContract : public StoreContract {};

TEST_P(DurableStoreContract, LosingNothingOnReopen) {
  WriterNode node(*subject, "node-1");
  const Timestamp now = node.create({4, 5});
  Flow paid;
  node.write([&](ChangeList& list, Timestamp then) {
    paid = completed(new_flow(5, node.owner(), now), then);
    list.update(paid);
    list.add(node.event(paid, EventType::saga_completed, then + 20us)).add(new_user(1, then));
  });
  subject->reopen();
  EXPECT_EQ(describe(*queries().flow(order_id(4)).value()), describe(new_flow(4, node.owner(), now)));
  EXPECT_EQ(describe(*queries().flow(order_id(5)).value()), describe(paid));
  EXPECT_TRUE(queries().user(user_id(1)).value());
  EXPECT_EQ(queries().counts().value().unpublished_events, 3);
  EXPECT_EQ(node.try_write([](ChangeList&, Timestamp) {}).value(), Commit::committed);
  subject->clock.step(-1h);
  WriterNode again(*subject, "node-1");
  EXPECT_EQ(again.writer().epoch, node.writer().epoch + 1);
  EXPECT_EQ(again.last_sequence(), 3);
  again.write([&](ChangeList&, Timestamp then) { EXPECT_GT(then, paid.order.updated_at + 20us); });
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreContract, testing::ValuesIn(store_kinds()), name_of_kind);
INSTANTIATE_TEST_SUITE_P(Stores, DurableStoreContract, testing::ValuesIn(durable_store_kinds()), name_of_kind);

}  // namespace
}  // namespace sagactl
