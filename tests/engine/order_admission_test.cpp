#include "server/engine/order_admission.hpp"

#include <gtest/gtest.h>

#include "tests/engine/controlled_node.hpp"

namespace sagactl {
namespace {

struct PlacementCounts {
  int created = 0, refused = 0;
  std::set<std::int64_t> tokens;
  Completion counter() {
    return [this](Result<Receipt> receipt) {
      if (!receipt) {
        ++refused;
        return;
      }
      ++created;
      tokens.insert(receipt->flow->order.fencing_token);
    };
  }
};

std::vector<LockState> held(Lock& lock) {
  std::vector<LockState> states;
  lock.held(10, [&](Result<std::vector<LockState>> found) { states = found.value(); });
  return states;
}

TEST(OrderAdmission, DuplicatesOfOneNodeShareOneLockAndOneBatch) {
  ScriptedNode node;
  const auto lock = make_memory_lock(node.clock);
  OrderAdmission admission(*node.engine, *lock, node.clock);
  PlacementCounts tally;
  const auto commits = node.engine->stats().commits;
  for (int i = 0; i < 50; ++i) admission.place(order_for("HOT"), tally.counter());
  EXPECT_EQ(held(*lock).size(), 1u);
  node.settle();
  EXPECT_EQ(tally.created, 1);
  EXPECT_EQ(tally.refused, 49);
  EXPECT_EQ(node.engine->stats().commits, commits + 1);
  EXPECT_TRUE(held(*lock).empty()) << "released after the last answer";
  EXPECT_GT(*tally.tokens.begin(), 0);
}

// Counts the calls of another lock.
class CountedLock final : public Lock {
 public:
  explicit CountedLock(Lock& lock) : lock_(lock) {}
  void acquire(const std::string& key, const std::string& holder, Duration ttl, Duration patience,
               Granted done) override {
    ++acquired;
    lock_.acquire(key, holder, ttl, patience, std::move(done));
  }
  void renew(const LockGrant& grant, Duration ttl, Changed done) override { lock_.renew(grant, ttl, std::move(done)); }
  void release(const LockGrant& grant, Changed done) override {
    ++released;
    lock_.release(grant, std::move(done));
  }
  void held(std::size_t limit, Listed done) override { lock_.held(limit, std::move(done)); }
  void state(const std::string& key, Listed done) override { lock_.state(key, std::move(done)); }
  Result<Duration> availability() const override { return lock_.availability(); }

  int acquired = 0, released = 0;

 private:
  Lock& lock_;
};

TEST(OrderAdmission, ALockIsSharedForHalfOfItsTimeToLiveAndThenRequestedAgain) {
  ScriptedNode node;
  const auto lock = make_memory_lock(node.clock);
  CountedLock counted(*lock);
  OrderAdmission admission(*node.engine, counted, node.clock);
  PlacementCounts tally;
  for (const Duration later : {0s, 4s, 2s}) {
    node.clock.advance(later);
    admission.place(order_for("A"), tally.counter());
  }
  EXPECT_EQ(counted.acquired, 1) << "the third waits until no order is in flight";
  node.settle();
  EXPECT_EQ(counted.acquired, 2);
  EXPECT_EQ(counted.released, 2);
  EXPECT_EQ(tally.created, 1);
  EXPECT_EQ(tally.refused, 2);
}

// Over a store with a batch window of 8 ms; a commit has just started, for an order whose lock is not released yet.
class OrderAdmissionInABatchWindow : public NodeOnControlledStore {
 protected:
  OrderAdmissionInABatchWindow() {
    store.window = 8ms;
    options.batch_max = 4;
    start();
    engine->turn();
    admission = std::make_unique<OrderAdmission>(*engine, lock, clock);
    place(1);
    engine->turn();
    EXPECT_EQ(tally.created, 1);
  }
  void place(int orders) {
    for (int i = 0; i < orders; ++i) admission->place(order_for(fmt::format("P{}", ++placed)), tally.counter());
  }
  void turn_after(Duration time) {
    clock.advance(time);
    engine->turn();
  }

  std::unique_ptr<Lock> shared = make_memory_lock(clock);
  CountedLock lock{*shared};
  std::unique_ptr<OrderAdmission> admission;
  PlacementCounts tally;
  int placed = 0;
};

TEST_F(OrderAdmissionInABatchWindow, RequestsAllLocksOfTheNextCommitTogetherInTimeForIt) {
  const SteadyTime began = clock.steady();
  place(3);
  EXPECT_EQ(engine->turn(), began + 6ms);
  EXPECT_EQ(lock.acquired, 1) << "the first order's";
  turn_after(6ms);
  EXPECT_EQ(lock.acquired, 4);
  EXPECT_EQ(tally.created, 1);
  turn_after(2ms);
  EXPECT_EQ(tally.created, 4);
}

TEST_F(OrderAdmissionInABatchWindow, ReleasesLocksWhenItRequestsOthers) {
  turn_after(5ms);
  EXPECT_EQ(lock.released, 0);
  turn_after(1ms);
  EXPECT_EQ(lock.released, 1);
  EXPECT_TRUE(held(*shared).empty());
}

TEST_F(OrderAdmissionInABatchWindow, RequestsLateLocksImmediately) {
  clock.advance(6ms);
  place(1);
  EXPECT_EQ(lock.acquired, 2);
  EXPECT_EQ(lock.released, 1) << "together with the waiting release";
}

TEST_F(OrderAdmissionInABatchWindow, RequestsTheLocksOfAFullBatchImmediately) {
  place(3);
  EXPECT_EQ(lock.acquired, 1);
  place(1);
  EXPECT_EQ(lock.acquired, 5);
  engine->turn();
  EXPECT_EQ(tally.created, 5);
}

TEST_F(OrderAdmissionInABatchWindow, DuplicatesOfAnOrderWhoseLockIsNotReleasedYetGetANewLock) {
  const PlaceOrder first = order_for("P1");
  admission->place(first, tally.counter());
  turn_after(6ms);
  EXPECT_EQ(lock.released, 1);
  EXPECT_EQ(lock.acquired, 2);
  turn_after(2ms);
  EXPECT_EQ(tally.refused, 1);
}

TEST_F(OrderAdmissionInABatchWindow, WaitsNoLongerAndNoShorterWhenTheTimeOfDayIsSet) {
  place(1);
  clock.step(-3600s);
  turn_after(6ms);
  EXPECT_EQ(lock.acquired, 2);
  clock.step(7200s);
  turn_after(1ms);
  EXPECT_EQ(tally.created, 1);
  turn_after(1ms);
  EXPECT_EQ(tally.created, 2);
}

TEST_F(OrderAdmissionInABatchWindow, NoLockIsLeftWhenItStops) {
  engine->stop();
  EXPECT_EQ(lock.released, 1);
  EXPECT_TRUE(held(*shared).empty());
}

TEST(OrderAdmission, AnOrderThatWaitsLongerThanItsLocksTimeToLiveIsPlacedWithoutIt) {
  for (const Duration waited : {9s, 10s}) {
    ScriptedNode node;
    const auto lock = make_memory_lock(node.clock);
    OrderAdmission admission(*node.engine, *lock, node.clock);
    PlacementCounts tally;
    admission.place(order_for("A"), tally.counter());
    node.clock.advance(waited);  // the node does not commit; from 10 s on another may hold the lock
    node.settle();
    EXPECT_EQ(tally.created, 1);
    EXPECT_EQ(*tally.tokens.begin() > 0, waited < 10s);
  }
}

TEST(OrderAdmission, ALockThatOthersDoNotShareFencesNothing) {
  ScriptedNode node;
  const auto lock = make_memory_lock(node.clock, LockReach::this_process);
  OrderAdmission admission(*node.engine, *lock, node.clock);
  PlacementCounts tally;
  for (int i = 0; i < 2; ++i) admission.place(order_for("A"), tally.counter());
  EXPECT_EQ(held(*lock).size(), 1u) << "it refuses this node's duplicates";
  node.settle();
  EXPECT_EQ(tally.created, 1);
  EXPECT_EQ(*tally.tokens.begin(), 0) << "its token is not stored where other nodes would compare it";
}

TEST(OrderAdmission, AnotherNodeWaitsForTheLock) {
  ScriptedNode node;
  const auto lock = make_memory_lock(node.clock);
  OrderAdmission admission(*node.engine, *lock, node.clock);
  std::optional<LockGrant> theirs;
  PlaceOrder order = order_for("A");
  lock->acquire("order:" + default_idempotency_key(order.items), "node-2", 10s, 0s,
                [&](Result<LockGrant> grant) { theirs = *grant; });
  PlacementCounts tally;
  admission.place(order, tally.counter());
  node.settle();
  EXPECT_EQ(tally.created, 0);
  lock->release(*theirs, [](Result<bool> released) { ASSERT_TRUE(released.value()); });
  node.settle();
  EXPECT_EQ(tally.created, 1);
  EXPECT_GT(*tally.tokens.begin(), theirs->fencing_token);
}

TEST(OrderAdmission, ALockThatStaysTakenDoesNotStopAnOrder) {
  ScriptedNode node;
  const auto lock = make_memory_lock(node.clock);
  OrderAdmission admission(*node.engine, *lock, node.clock);
  PlaceOrder order = order_for("A");
  lock->acquire("order:" + default_idempotency_key(order.items), "node-2", 60s, 0s, [](Result<LockGrant>) {});
  PlacementCounts tally;
  admission.place(order, tally.counter());
  node.clock.advance(5s);
  node.settle();
  EXPECT_EQ(tally.created, 1);
  EXPECT_EQ(*tally.tokens.begin(), 0) << "placed without a lock: the database decided";
}

TEST(OrderAdmission, IsNotCalledBackAfterItsDestruction) {
  ScriptedNode node;
  const auto lock = make_memory_lock(node.clock);
  PlaceOrder order = order_for("A");
  lock->acquire("order:" + default_idempotency_key(order.items), "node-2", 1s, 0s, [](Result<LockGrant>) {});
  PlacementCounts tally;
  {
    OrderAdmission admission(*node.engine, *lock, node.clock);
    admission.place(order, tally.counter());
  }
  node.clock.advance(5s);
  EXPECT_EQ(tally.created + tally.refused, 0);
}

}  // namespace
}  // namespace sagactl
