// Stores keep flows that have just begun, so that they need not read them again. What they hand out is always what is
// stored.
#include <gtest/gtest.h>

#include "tests/contract/writing.hpp"

namespace sagactl {
namespace {

class RecentFlowsContract : public StoreKindTest {
 protected:
  Flow load_first(const WriterNode& node) {
    const Loaded loaded = load(*subject, node, {.flows = {order_id(1)}});
    EXPECT_EQ(loaded.flows.size(), 1u);
    return loaded.flows.empty() ? Flow{} : loaded.flows.front();
  }
  std::string stored() {
    const auto flow = subject->queries().flow(order_id(1));
    return flow && *flow ? describe(**flow) : "none";
  }
};

TEST_P(RecentFlowsContract, AFlowThatHasJustBegunIsLoadedAsItIsStored) {
  WriterNode node(*subject, "node-1");
  node.create({1, 2});
  const Flow loaded = load_first(node);
  EXPECT_EQ(describe(loaded), stored());
  EXPECT_EQ(loaded.writer, "node-1");
  EXPECT_EQ(describe(load_first(node)), stored()) << "and so the next time";
}

TEST_P(RecentFlowsContract, IsChangedByTheBatchThatLoadsIt) {
  WriterNode node(*subject, "node-1");
  const Timestamp made = node.create({1});
  Loaded loaded;
  const auto done = node.try_write({.flows = {order_id(1)}}, loaded, [&](ChangeList& list, Timestamp now) {
    list.update(completed(new_flow(1, node.owner(), made), now));
  });
  ASSERT_TRUE(done.ok());
  EXPECT_EQ(subject->queries().counts()->orders[OrderStatus::paid], 1);
  EXPECT_EQ(describe(load_first(node)), stored());
}

TEST_P(RecentFlowsContract, IsLoadedAsAnotherNodeHasLeftIt) {
  WriterNode node(*subject, "node-1"), other(*subject, "node-2");
  const Timestamp made = node.create({1, 2});
  Loaded loaded;
  const auto done = other.try_write({.flows = {order_id(1)}}, loaded, [&](ChangeList& list, Timestamp now) {
    list.update(completed(new_flow(1, other.owner(), made), now));
  });
  ASSERT_TRUE(done.ok());
  const Flow now = load_first(node);
  EXPECT_EQ(now.order.status, OrderStatus::paid);
  EXPECT_EQ(describe(now), stored());
}

TEST_P(RecentFlowsContract, IsNotKeptOfACommitThatFailed) {
  WriterNode node(*subject, "node-1");
  node.create({2});
  // The second order exists already, so neither is written.
  const auto refused = node.try_write([&](ChangeList& list, Timestamp now) {
    list.create(new_flow(1, node.owner(), now)).create(new_flow(2, node.owner(), now));
  });
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(load(*subject, node, {.flows = {order_id(1)}}).flows.empty());
}

INSTANTIATE_TEST_SUITE_P(, RecentFlowsContract, testing::ValuesIn(store_kinds()), name_of_kind);

}  // namespace
}  // namespace sagactl
