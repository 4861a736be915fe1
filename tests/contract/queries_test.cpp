// What every store's Queries answer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/contract/writing.hpp"

namespace sagactl {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<OrderId> ids(const std::vector<int>& numbers) {
  std::vector<OrderId> list;
  for (const int number : numbers) list.push_back(order_id(number));
  return list;
}

std::vector<OrderId> ids_of(const FlowPage& page) {
  std::vector<OrderId> list;
  for (const Flow& flow : page.flows) list.push_back(flow.order.id);
  return list;
}

class QueriesContract : public StoreKindTest {
 protected:
  Queries& queries() { return subject->queries(); }
};

TEST_P(QueriesContract, FindFlowByOrderSagaCorrelationOrKey) {
  WriterNode node(*subject, "node-1");
  node.create({3, 4});
  node.write([&](ChangeList& list, Timestamp now) {
    // The same correlation id and the same key again, by a later order.
    Flow again = new_flow(8, node.owner(), now);
    again.saga->correlation = "request-4";
    list.create(again).add(Claim{digest_of_key("key-3"), again.order.id, false});
  });
  const auto found = [&](const std::string& text) {
    const auto flow = queries().find_flow(text).value();
    return flow ? flow->order.id : OrderId{};
  };
  EXPECT_EQ(found(order_id(3).text()), order_id(3));
  EXPECT_EQ(found("request-4"), order_id(8)) << "the latest";
  EXPECT_EQ(found("key-4"), order_id(4));
  EXPECT_EQ(found("key-3"), order_id(8)) << "the latest with that key, also when it is not live";
  EXPECT_EQ(found(order_id(5).text()), OrderId{});
  EXPECT_EQ(found("nothing"), OrderId{});
  EXPECT_EQ(found(""), OrderId{});
}

TEST_P(QueriesContract, FindFlowByTheTraceThatItBelongsTo) {
  WriterNode node(*subject, "node-1");
  const std::string theirs = "0af7651916cd43dd8448eb211c80319c";
  const auto own_trace = [](OrderId id) {
    std::string text = id.text();
    std::erase(text, '-');
    return text;
  };
  node.write([&](ChangeList& list, Timestamp now) {
    for (int number = 1; number <= 3; ++number) {
      Flow flow = new_flow(number, node.owner(), now);
      const std::string trace = number == 3 ? own_trace(flow.order.id) : theirs;
      flow.saga->trace_parent = "00-" + trace + "-b7ad6b7169203331-01";
      list.create(flow);
    }
  });
  const auto found = [&](const std::string& text) {
    const auto flow = queries().find_flow(text).value();
    return flow ? flow->order.id : OrderId{};
  };
  EXPECT_EQ(found(theirs), order_id(2)) << "the latest";
  EXPECT_EQ(found("00-" + theirs + "-00f067aa0ba902b7-00"), order_id(2)) << "by any traceparent of the trace";
  EXPECT_EQ(found(own_trace(order_id(3))), order_id(3)) << "one that began with the order";
  EXPECT_EQ(found("1af7651916cd43dd8448eb211c80319c"), OrderId{});
  EXPECT_EQ(found(std::string(32, '0')), OrderId{});
  EXPECT_EQ(found("0AF7651916CD43DD8448EB211C80319C"), order_id(2)) << "as other systems show it";
}

TEST_P(QueriesContract, ACorrelationIdThatLooksLikeAnotherThingIsFound) {
  WriterNode node(*subject, "node-1");
  const std::string uuid = "0f8fad5b-d9cb-469f-a165-70867728950e", upper = "0F8FAD5B-D9CB-469F-A165-70867728950F";
  const std::string digest = std::string(64, 'a');
  node.write([&](ChangeList& list, Timestamp now) {
    int number = 0;
    for (const std::string& correlation : {uuid, upper, digest}) {
      Flow flow = new_flow(++number, node.owner(), now);
      flow.saga->correlation = correlation;
      list.create(flow);
    }
  });
  EXPECT_EQ(queries().find_flow(uuid).value()->order.id, order_id(1));
  EXPECT_EQ(queries().find_flow(upper).value()->order.id, order_id(2));
  EXPECT_EQ(queries().find_flow(upper).value()->saga->correlation, upper);
  EXPECT_EQ(queries().find_flow(digest).value()->order.id, order_id(3));
}

TEST_P(QueriesContract, AFlowCarriesItsBarriersAndAPageDoesNot) {
  WriterNode node(*subject, "node-1");
  const Timestamp now = node.create({1});
  EXPECT_EQ(describe(*queries().flow(order_id(1)).value()), describe(new_flow(1, node.owner(), now)));
  EXPECT_THAT(queries().orders({}, {}).value().flows[0].barriers, IsEmpty());
  EXPECT_EQ(queries().orders({}, {}).value().flows[0].payments.size(), 1u);
  EXPECT_FALSE(queries().flow(order_id(2)).value());
}

TEST_P(QueriesContract, EventsOfAFlowAreInTheOrderInWhichTheyHappened) {
  WriterNode one(*subject, "one"), two(*subject, "two");
  one.create({1, 2});
  two.write([&](ChangeList& list, Timestamp now) {
    const Flow flow = new_flow(1, two.owner(), now);
    list.add(two.event(flow, EventType::payment_processed, now));
    list.add(two.event(flow, EventType::order_confirmed, now + 1us));
  });
  one.write([&](ChangeList& list, Timestamp now) {
    list.add(one.event(new_flow(1, one.owner(), now), EventType::saga_completed, now));
  });
  std::vector<EventType> types;
  for (const Event& event : queries().flow_events(order_id(1)).value()) types.push_back(event.type);
  EXPECT_THAT(types, ElementsAre(EventType::order_created, EventType::payment_processed, EventType::order_confirmed,
                                 EventType::saga_completed));
  EXPECT_THAT(queries().flow_events(order_id(9)).value(), IsEmpty());
}

// Flows 1 to 8, made one after the other: 3 and 6 are completed, 4 is compensated; users are their number
// modulo 3.
class Listings : public QueriesContract {
 protected:
  void SetUp() override {
    QueriesContract::SetUp();
    if (!subject) return;
    WriterNode node(*subject, "node-1");
    for (int number = 1; number <= 8; ++number) made[number] = node.create({number});
    node.write([&](ChangeList& list, Timestamp now) {
      for (const int number : {3, 6}) list.update(completed(new_flow(number, node.owner(), made[number]), now));
      list.update(compensated(new_flow(4, node.owner(), made[4]), "declined: 50% \"off\"", now));
      last = now;
    });
  }

  std::map<int, Timestamp> made;
  Timestamp last;
};

TEST_P(Listings, OrdersAreFilteredNewestFirst) {
  struct Row {
    std::string what;
    OrderFilter filter;
    std::vector<int> numbers;
  };
  const std::vector<Row> rows = {
      {"all", {}, {8, 7, 6, 5, 4, 3, 2, 1}},
      {"pending", {.status = OrderStatus::pending}, {8, 7, 5, 2, 1}},
      {"paid", {.status = OrderStatus::paid}, {6, 3}},
      {"cancelled", {.status = OrderStatus::cancelled}, {4}},
      {"shipped", {.status = OrderStatus::shipped}, {}},
      {"of a user", {.user = user_id(0)}, {6, 3}},
      {"of a user and pending", {.user = user_id(1), .status = OrderStatus::pending}, {7, 1}},
      {"of nobody", {.user = user_id(7)}, {}},
      {"orphaned", {.orphaned = true}, {6, 4, 3}},
      {"orphaned and pending", {.status = OrderStatus::pending, .orphaned = true}, {}},
  };
  for (const Row& row : rows) {
    const auto page = queries().orders(row.filter, {.limit = 100});
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_EQ(ids_of(*page), ids(row.numbers)) << row.what;
    EXPECT_EQ(page->total, static_cast<std::int64_t>(row.numbers.size())) << row.what;
  }
}

TEST_P(Listings, SagasAreFilteredNewestFirst) {
  struct Row {
    std::string what;
    SagaFilter filter;
    std::vector<int> numbers;
  };
  const std::vector<Row> rows = {
      {"all", {}, {8, 7, 6, 5, 4, 3, 2, 1}},
      {"active", {.statuses = {SagaStatus::started, SagaStatus::compensating}}, {8, 7, 5, 2, 1}},
      {"completed", {.statuses = {SagaStatus::completed}}, {6, 3}},
      {"ended", {.statuses = {SagaStatus::completed, SagaStatus::compensated, SagaStatus::failed}}, {6, 4, 3}},
      {"undone", {.statuses = {SagaStatus::compensated, SagaStatus::failed}}, {4}},
      {"failed", {.statuses = {SagaStatus::failed}}, {}},
      {"of a user", {.user = user_id(1)}, {7, 4, 1}},
      {"of a user and active", {.user = user_id(1), .statuses = {SagaStatus::started}}, {7, 1}},
      {"of a type", {.type = std::string(order_processing_saga)}, {8, 7, 6, 5, 4, 3, 2, 1}},
      {"of another type", {.type = "CheckoutSaga"}, {}},
      {"of a node", {.node = "node-1"}, {8, 7, 6, 5, 4, 3, 2, 1}},
      {"of another node", {.node = "node-2"}, {}},
      {"with an error", {.error_contains = "50% \"off\""}, {4}},
      {"with an error in other letters", {.error_contains = "DECLINED"}, {}},
      {"tried once", {.retries_over = 0}, {8, 7, 5, 2, 1}},
      {"tried twice", {.retries_over = 1}, {}},
      {"created before", {.created_before = made[3]}, {2, 1}},
      {"late since", {.late_since = last}, {8, 7, 5, 2, 1}},
      {"of some ids", {.ids = IdRange{order_id(3), order_id(5)}}, {5, 4, 3}},
      {"of one id, open", {.statuses = {SagaStatus::started}, .ids = IdRange{order_id(5), order_id(5)}}, {5}},
      {"of ids of a user", {.user = user_id(1), .ids = IdRange{order_id(2), order_id(8)}}, {7, 4}},
      {"of ids that are none", {.ids = IdRange{order_id(9), order_id(99)}}, {}},
  };
  for (const Row& row : rows) {
    const auto page = queries().sagas(row.filter, {.limit = 100});
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_EQ(ids_of(*page), ids(row.numbers)) << row.what;
    EXPECT_EQ(page->total, static_cast<std::int64_t>(row.numbers.size())) << row.what;
  }
}

TEST_P(Listings, APageIsCutByOffsetOrAfterAFlow) {
  EXPECT_EQ(ids_of(queries().orders({}, {.offset = 2, .limit = 3}).value()), ids({6, 5, 4}));
  EXPECT_EQ(ids_of(queries().orders({}, {.offset = 7, .limit = 3}).value()), ids({1}));
  EXPECT_EQ(ids_of(queries().orders({}, {.offset = 9, .limit = 3}).value()), ids({}));
  EXPECT_EQ(queries().orders({}, {.offset = 9, .limit = 3}).value().total, 8);
  EXPECT_EQ(ids_of(queries().sagas({}, {.offset = 5, .limit = 2, .after = order_id(6)}).value()), ids({5, 4}));
  EXPECT_EQ(queries().sagas({}, {.limit = 2, .after = order_id(6)}).value().total, 8);
  EXPECT_EQ(ids_of(queries().orders({.status = OrderStatus::pending}, {.limit = 2, .after = order_id(7)}).value()),
            ids({5, 2}));
  EXPECT_EQ(ids_of(queries().orders({}, {.limit = 0}).value()), ids({}));
}

TEST_P(Listings, CountsAreByStatusAndType) {
  const Counts counts = queries().counts().value();
  const std::string type(order_processing_saga);
  EXPECT_EQ(counts.orders, (std::map<OrderStatus, std::int64_t>{
                               {OrderStatus::pending, 5}, {OrderStatus::paid, 2}, {OrderStatus::cancelled, 1}}));
  EXPECT_EQ(
      counts.sagas,
      (std::map<std::pair<std::string, SagaStatus>, std::int64_t>{
          {{type, SagaStatus::started}, 5}, {{type, SagaStatus::completed}, 2}, {{type, SagaStatus::compensated}, 1}}));
  EXPECT_EQ(counts.events, (std::map<EventType, std::int64_t>{{EventType::order_created, 8}}));
  EXPECT_EQ(counts.unpublished_events, 8);
}

// A store may keep what a node has counted beside the counters, and add it after many commits.
TEST_P(QueriesContract, CountsAreRightAfterEachOfManyCommits) {
  constexpr int commits = 70;
  WriterNode one(*subject, "one"), two(*subject, "two");
  for (int number = 1; number <= commits; ++number) {
    (number % 3 == 0 ? two : one).create({number});
    EXPECT_EQ(queries().counts()->events.at(EventType::order_created), number);
  }
  const Counts counts = queries().counts().value();
  EXPECT_EQ(counts.orders, (std::map<OrderStatus, std::int64_t>{{OrderStatus::pending, commits}}));
  EXPECT_EQ(counts.events, (std::map<EventType, std::int64_t>{{EventType::order_created, commits}}));
}

TEST_P(QueriesContract, EventsAreFilteredNewestFirst) {
  WriterNode one(*subject, "one"), two(*subject, "two");
  one.create({1});
  two.create({2});
  two.write([&](ChangeList& list, Timestamp now) {
    list.add(two.event(new_flow(2, two.owner(), now), EventType::payment_failed, now));
    list.add(two.event(new_flow(2, two.owner(), now), EventType::saga_started, now));
  });
  one.write([&](ChangeList& list, Timestamp now) {
    list.add(one.event(new_flow(1, one.owner(), now), EventType::payment_failed, now));
    list.add(one.event(new_flow(1, one.owner(), now), EventType::saga_completed, now + 5us));
  });
  const auto found = [&](const EventFilter& filter) {
    std::vector<std::string> list;
    const auto events = queries().events(filter);
    EXPECT_TRUE(events) << events.error().message;
    for (const Event& event : *events) list.push_back(event.node + std::to_string(event.sequence));
    return list;
  };
  EXPECT_THAT(found({}), ElementsAre("one3", "one2", "two3", "two2", "two1", "one1"));
  EXPECT_THAT(found({.limit = 2}), ElementsAre("one3", "one2"));
  EXPECT_THAT(found({.type = EventType::payment_failed}), ElementsAre("one2", "two2")) << "a rare type";
  EXPECT_THAT(found({.type = EventType::payment_failed, .limit = 1}), ElementsAre("one2"));
  EXPECT_THAT(found({.type = EventType::order_created}), ElementsAre("two1", "one1")) << "common";
  EXPECT_THAT(found({.order = order_id(2)}), ElementsAre("two3", "two2", "two1"));
  EXPECT_THAT(found({.order = order_id(2), .limit = 1}), ElementsAre("two3"));
  EXPECT_THAT(found({.user = user_id(1)}), ElementsAre("one3", "one2", "one1"));
  EXPECT_THAT(found({.type = EventType::payment_failed, .user = user_id(1)}), ElementsAre("one2"));
  EXPECT_THAT(found({.type = EventType::saga_started, .user = user_id(2), .order = order_id(2)}), ElementsAre("two3"));
  EXPECT_THAT(found({.order = order_id(9)}), IsEmpty());
}

TEST_P(QueriesContract, EventsThatAPersonAskedForAreFoundByTypeAndTime) {
  WriterNode node(*subject, "one");
  node.create({1});
  Timestamp later;
  node.write([&](ChangeList& list, Timestamp now) {
    later = now + 5us;
    const Flow flow = new_flow(1, node.owner(), now);
    const auto add = [&](EventType type, const std::string& by, Timestamp at) {
      Event event = node.event(flow, type, at);
      event.metadata = requested_by(by);
      if (type == EventType::stock_set) event.order = OrderId{};
      list.add(event);
    };
    add(EventType::order_cancelled, "", now);
    add(EventType::order_cancelled, "ann", now + 1us);
    add(EventType::stock_set, "ann", now + 2us);
    add(EventType::saga_compensating, "", now + 3us);
    add(EventType::order_cancelled, "bob", later);
  });
  const auto found = [&](const EventFilter& filter) {
    std::vector<std::string> list;
    const auto events = queries().events(filter);
    EXPECT_TRUE(events) << events.error().message;
    for (const Event& event : *events) list.push_back(event.metadata);
    return list;
  };
  const std::string ann = R"({"by":"ann"})", bob = R"({"by":"bob"})";
  EXPECT_THAT(found({.type = EventType::order_cancelled}), ElementsAre(bob, ann, ""));
  EXPECT_THAT(found({.type = EventType::order_cancelled, .requested_by_user = true}), ElementsAre(bob, ann));
  EXPECT_THAT(found({.type = EventType::order_cancelled, .since = later}), ElementsAre(bob));
  EXPECT_THAT(found({.type = EventType::stock_set, .requested_by_user = true}), ElementsAre(ann));
  EXPECT_THAT(found({.type = EventType::saga_compensating, .requested_by_user = true}), IsEmpty());
  EXPECT_THAT(found({.requested_by_user = true}), ElementsAre(bob, ann, ann));
  EXPECT_THAT(found({.since = later}), ElementsAre(bob));
}

TEST_P(QueriesContract, UsersAreFoundByIdAndEmail) {
  WriterNode node(*subject, "node-1");
  User user;
  node.write([&](ChangeList& list, Timestamp now) {
    user = new_user(1, now);
    list.add(user);
  });
  EXPECT_EQ(describe(*queries().user(user.id).value()), describe(user));
  EXPECT_EQ(describe(*queries().user_by_email(user.email).value()), describe(user));
  EXPECT_FALSE(queries().user(user_id(2)).value());
  EXPECT_FALSE(queries().user_by_email("no@one").value());
}

TEST_P(QueriesContract, UsersAreListedByEmail) {
  WriterNode node(*subject, "node-1");
  node.write([&](ChangeList& list, Timestamp now) {
    for (const int number : {3, 1, 2}) list.add(new_user(number, now));
  });
  const auto emails = [&](const std::string& after, std::size_t limit) {
    std::vector<std::string> list;
    for (const User& user : queries().users(after, limit).value()) list.push_back(user.email);
    return list;
  };
  EXPECT_THAT(emails("", 10), ElementsAre("user1@test.com", "user2@test.com", "user3@test.com"));
  EXPECT_THAT(emails("user1@test.com", 1), ElementsAre("user2@test.com"));
  EXPECT_THAT(emails("user3@test.com", 10), IsEmpty());
}

TEST_P(QueriesContract, UsersWhoseRightsWereChangedAreFoundByWhen) {
  WriterNode node(*subject, "node-1");
  Timestamp then;
  node.write([&](ChangeList& list, Timestamp now) {
    then = now;
    User changed = new_user(1, now), earlier = new_user(2, now);
    changed.rights_changed_at = now;
    earlier.rights_changed_at = now - 1us;
    list.add(changed).add(earlier).add(new_user(3, now));
  });
  const auto found = queries().rights_changed_since(then).value();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].email, "user1@test.com");
  EXPECT_EQ(found[0].rights_changed_at, then);
  EXPECT_EQ(queries().rights_changed_since({}).value().size(), 2u) << "never is not the beginning of time";
}

TEST_P(QueriesContract, NodesHaveTheFingerprintOfTheirSecrets) {
  WriterNode one(*subject, "node-1"), two(*subject, "node-2");
  ASSERT_TRUE(subject->store().set_fingerprint("node-1", "abc").ok());
  ASSERT_TRUE(subject->store().set_fingerprint("node-2", "def").ok());
  ASSERT_TRUE(subject->store().set_fingerprint("node-2", "").ok());
  const auto nodes = queries().nodes().value();
  ASSERT_EQ(nodes.size(), 2u);
  EXPECT_EQ(nodes[0].fingerprint, "abc");
  EXPECT_EQ(nodes[1].fingerprint, "");
}

TEST_P(QueriesContract, NodesSayHowFarTheyAreAndWhetherTheyLive) {
  WriterNode dead(*subject, "a-dead", 1s);
  subject->clock.advance(2s);
  WriterNode live(*subject, "live", 10s);
  live.create({1, 2});
  ASSERT_TRUE(subject->store().set_published(live.writer(), {{"live", 1}}));
  const auto nodes = queries().nodes().value();
  ASSERT_EQ(nodes.size(), 2u);
  EXPECT_EQ(nodes[0].name, "a-dead");
  EXPECT_FALSE(nodes[0].live);
  EXPECT_EQ(nodes[1].name, "live");
  EXPECT_EQ(nodes[1].url, "http://127.0.0.1:3000");
  EXPECT_EQ(nodes[1].epoch, 1);
  EXPECT_TRUE(nodes[1].live);
  EXPECT_EQ(nodes[1].last_sequence, 2);
  EXPECT_EQ(nodes[1].published, 1);
  EXPECT_FALSE(queries().database_name().empty());
}

TEST_P(QueriesContract, EveryAnswerIsOneConsistentStateWithAllThatWasCommittedBefore) {
  constexpr int commits = 40;
  std::atomic<int> committed = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i)
    readers.emplace_back([&] {
      while (committed < commits) {
        const int before = committed;
        const auto page = queries().orders({}, {.limit = 2 * commits});
        ASSERT_TRUE(page) << page.error().message;
        EXPECT_EQ(page->total % 2, 0);
        EXPECT_EQ(page->total, static_cast<std::int64_t>(page->flows.size()));
        EXPECT_GE(page->total, 2 * before);
      }
    });
  WriterNode node(*subject, "node-1");
  for (int i = 0; i < commits; ++i) {
    node.create({2 * i, 2 * i + 1});
    committed = i + 1;
  }
  for (std::thread& reader : readers) reader.join();
}

INSTANTIATE_TEST_SUITE_P(Stores, QueriesContract, testing::ValuesIn(store_kinds()), name_of_kind);
INSTANTIATE_TEST_SUITE_P(Stores, Listings, testing::ValuesIn(store_kinds()), name_of_kind);

}  // namespace
}  // namespace sagactl
