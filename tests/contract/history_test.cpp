// What every store's History tells.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

#include "tests/contract/writing.hpp"

namespace sagactl {
namespace {

using testing::ElementsAre;

std::vector<FlowHistory> flows_of(History& history, const HistoryFilter& filter = {}) {
  std::vector<FlowHistory> list;
  const auto done = history.each_flow(filter, [&](const FlowHistory& flow) {
    list.push_back(flow);
    return true;
  });
  EXPECT_TRUE(done) << done.error().message;
  return list;
}

class HistoryContract : public StoreKindTest {
 protected:
  std::unique_ptr<History> snapshot() {
    auto history = subject->history().snapshot();
    EXPECT_TRUE(history) << history.error().message;
    return std::move(history).value();
  }
};

TEST_P(HistoryContract, TellsEveryFlowWholeInTheOrderOfCreation) {
  WriterNode node(*subject, "node-1");
  const Timestamp first = node.create({1, 2}), second = node.create({3});
  node.write([&](ChangeList& list, Timestamp now) {
    list.add(node.event(new_flow(2, node.owner(), first), EventType::saga_started, now));
  });
  const auto flows = flows_of(*snapshot());
  ASSERT_EQ(flows.size(), 3u);
  EXPECT_EQ(describe(flows[0].flow), describe(new_flow(1, node.owner(), first)));
  EXPECT_EQ(describe(flows[1].flow), describe(new_flow(2, node.owner(), first)));
  EXPECT_EQ(describe(flows[2].flow), describe(new_flow(3, node.owner(), second)));
  EXPECT_EQ(flows[0].events.size(), 1u);
  ASSERT_EQ(flows[1].events.size(), 2u);
  EXPECT_EQ(flows[1].events[0].type, EventType::order_created);
  EXPECT_EQ(flows[1].events[1].type, EventType::saga_started);
}

// Memory is used again from flow to flow: none of what was there may shine through.
TEST_P(HistoryContract, WhatAVisitorLeavesInPlaceOfAFlowIsNotSeenInTheNext) {
  WriterNode node(*subject, "node-1");
  node.create({1, 2, 3});
  node.write([&](ChangeList& list, Timestamp now) {
    list.add(node.event(new_flow(2, node.owner(), now), EventType::saga_started, now));
  });
  const auto expected = flows_of(*snapshot());
  FlowHistory other = expected[1];
  other.flow.order.cancel_reason = other.flow.saga->error = "of another";
  other.flow.barriers.resize(3);
  other.flow.payments.resize(3);
  other.events.resize(5, other.events[1]);
  for (Event& event : other.events)
    event.data = event.metadata = event.correlation = event.trace_parent = event.saga_type = "of another";
  std::vector<FlowHistory> seen;
  EXPECT_TRUE(snapshot()->each_flow({}, [&](FlowHistory& flow) {
    seen.push_back(std::exchange(flow, other));
    return true;
  }));
  ASSERT_EQ(seen.size(), 3u);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    EXPECT_EQ(describe(seen[i].flow), describe(expected[i].flow));
    ASSERT_EQ(seen[i].events.size(), expected[i].events.size());
    for (std::size_t e = 0; e < seen[i].events.size(); ++e)
      EXPECT_EQ(describe(seen[i].events[e]), describe(expected[i].events[e]));
  }
}

TEST_P(HistoryContract, ASnapshotDoesNotSeeWhatComesAfterIt) {
  WriterNode node(*subject, "node-1");
  const Timestamp then = node.create({1});
  const auto before = snapshot();
  node.create({2});
  node.write([&](ChangeList& list, Timestamp now) { list.update(completed(new_flow(1, node.owner(), then), now)); });
  const auto after = snapshot();

  const auto old_flows = flows_of(*before), new_flows = flows_of(*after);
  ASSERT_EQ(old_flows.size(), 1u);
  EXPECT_EQ(old_flows[0].flow.order.status, OrderStatus::pending);
  ASSERT_EQ(new_flows.size(), 2u);
  EXPECT_EQ(new_flows[0].flow.order.status, OrderStatus::paid);
  EXPECT_EQ(claims_of(*before).size(), 1u);
  EXPECT_EQ(claims_of(*after).size(), 2u);
  EXPECT_LE(before->taken_at(), after->taken_at());
  EXPECT_GE(before->taken_at(), then);
}

TEST_P(HistoryContract, TheViewBesideASnapshotSeesTheSame) {
  WriterNode node(*subject, "node-1");
  node.create({1, 2});
  const auto history = snapshot();
  node.create({3});
  const auto beside = history->beside();
  ASSERT_TRUE(beside) << beside.error().message;
  ASSERT_TRUE(*beside);
  int events = 0;
  EXPECT_TRUE((*beside)->each_event([&](const NodeName&, std::int64_t, Timestamp) { return ++events > 0; }));
  EXPECT_EQ(events, 2);
  EXPECT_EQ(claims_of(**beside).size(), 2u);
  EXPECT_EQ((*beside)->taken_at(), history->taken_at());
  EXPECT_EQ(history->beside().value(), *beside) << "there is one";
  // One on each thread.
  std::size_t flows_beside = 0;
  std::jthread other([&] { flows_beside = flows_of(**beside).size(); });
  EXPECT_EQ(flows_of(*history).size(), 2u);
  other.join();
  EXPECT_EQ(flows_beside, 2u);
}

TEST_P(HistoryContract, TheViewBesideASnapshotSeesTheSameWhileOthersCommit) {
  WriterNode node(*subject, "node-1");
  node.create({1});
  std::atomic<bool> enough{false};
  std::jthread writing([&] {
    for (int n = 2; !enough; ++n) node.create({n});
  });
  for (int taken = 0; taken < 20; ++taken) {
    const auto history = snapshot();
    const auto beside = history->beside();
    ASSERT_TRUE(beside) << beside.error().message;
    if (*beside) {
      EXPECT_EQ(flows_of(*history).size(), flows_of(**beside).size());
    }
  }
  enough = true;
}

TEST_P(HistoryContract, FlowsAreChosenByTheirCreation) {
  WriterNode node(*subject, "node-1");
  const Timestamp first = node.create({1}), second = node.create({2}), third = node.create({3});
  const auto history = snapshot();
  const auto count = [&](const HistoryFilter& filter) { return flows_of(*history, filter).size(); };
  EXPECT_EQ(count({.since = first, .until = third}), 2u);
  EXPECT_EQ(count({.since = second}), 2u);
  EXPECT_EQ(count({.until = second}), 1u);
  EXPECT_EQ(count({.since = third + 1us}), 0u);
}

TEST_P(HistoryContract, AVisitorEndsTheWalk) {
  WriterNode node(*subject, "node-1");
  node.create({1, 2, 3});
  const auto history = snapshot();
  int flows = 0, events = 0, claims = 0;
  EXPECT_TRUE(history->each_flow({}, [&](const FlowHistory&) { return ++flows < 2; }));
  EXPECT_TRUE(history->each_event([&](const NodeName&, std::int64_t, Timestamp) { return ++events < 2; }));
  EXPECT_TRUE(history->each_claim([&](const Claim&) { return ++claims < 2; }));
  EXPECT_EQ(flows, 2);
  EXPECT_EQ(events, 2);
  EXPECT_EQ(claims, 2);
  EXPECT_EQ(flows_of(*history).size(), 3u) << "a walk can be made again";
}

TEST_P(HistoryContract, FlowsWithPartsMissingAreTold) {
  WriterNode node(*subject, "node-1");
  node.write([&](ChangeList& list, Timestamp now) {
    Flow bare = new_flow(1, node.owner(), now);
    bare.saga.reset();
    list.create(bare);
  });
  Flow orphan;
  node.write([&](ChangeList& list, Timestamp now) {
    orphan = new_flow(2, node.owner(), now);
    list.changes.new_sagas.push_back(&*orphan.saga);
  });
  const auto flows = flows_of(*snapshot());
  ASSERT_EQ(flows.size(), 2u);
  EXPECT_FALSE(flows[0].flow.saga);
  EXPECT_EQ(flows[1].flow.order.id, order_id(2));
  EXPECT_TRUE(flows[1].flow.order.user.uuid.is_nil());
  EXPECT_EQ(flows[1].flow.order.version, 0);
  EXPECT_EQ(describe(*flows[1].flow.saga), describe(*orphan.saga));
  EXPECT_EQ(subject->queries().orders({}, {}).value().total, 1);
  EXPECT_EQ(subject->queries().sagas({}, {}).value().total, 1);

  // The missing parts may come later.
  node.write([&](ChangeList& list, Timestamp now) {
    list.changes.new_orders.push_back(&orphan.order);
    orphan.saga->updated_at = now;
    list.changes.sagas.push_back(&*orphan.saga);
  });
  EXPECT_EQ(subject->queries().orders({}, {}).value().total, 2);
  EXPECT_EQ(describe(subject->queries().flow(order_id(2)).value()->order), describe(orphan.order));
}

TEST_P(HistoryContract, EventsAreToldByNodeAndSequence) {
  WriterNode one(*subject, "one"), two(*subject, "two");
  const Timestamp now = one.create({1});
  two.create({2});
  one.create({3});
  std::vector<std::string> told;
  std::vector<Timestamp> times;
  EXPECT_TRUE(snapshot()->each_event([&](const NodeName& node, std::int64_t sequence, Timestamp time) {
    told.push_back(node + std::to_string(sequence));
    times.push_back(time);
    return true;
  }));
  EXPECT_THAT(told, ElementsAre("one1", "one2", "two1"));
  EXPECT_EQ(times[0], now);
}

TEST_P(HistoryContract, ClaimsAndNodesAreTold) {
  WriterNode node(*subject, "node-1");
  node.create({1, 2});
  node.write([&](ChangeList& list, Timestamp) { list.add(Claim{digest_of_key("key-2"), order_id(2), false}); });
  const auto history = snapshot();
  auto claims = claims_of(*history);
  std::sort(claims.begin(), claims.end(), [](const Claim& a, const Claim& b) { return a.order < b.order; });
  ASSERT_EQ(claims.size(), 2u);
  EXPECT_EQ(claims[0].key, digest_of_key("key-1"));
  EXPECT_EQ(claims[0].order, order_id(1));
  EXPECT_TRUE(claims[0].live);
  EXPECT_FALSE(claims[1].live);
  const auto nodes = history->nodes().value();
  ASSERT_EQ(nodes.size(), 1u);
  EXPECT_EQ(nodes[0].name, "node-1");
  EXPECT_EQ(nodes[0].last_sequence, 2);
}

INSTANTIATE_TEST_SUITE_P(Stores, HistoryContract, testing::ValuesIn(store_kinds()), name_of_kind);

}  // namespace
}  // namespace sagactl
