// When a lease says that a node is dead, and when it says nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/contract/store_subject.hpp"
#include "tests/contract/writing.hpp"

namespace sagactl {
namespace {

using testing::ElementsAre;

class Leases : public StoreKindTest {
 protected:
  Store& store() { return subject->store(); }
};

TEST_P(Leases, OfOthersSayNothingToAWriterWhoseOwnHasRunOut) {
  WriterNode one(*subject, "one", 1s), two(*subject, "two", 1s);
  one.create({1});
  subject->clock.advance(5s);
  EXPECT_EQ(store().adopt(two.writer(), Owners::dead, 10).error().code, ErrorCode::retry);
  EXPECT_EQ(one.try_write([](ChangeList&, Timestamp) {}).value(), Commit::committed) << "nobody was fenced";
  EXPECT_TRUE(store().renew(two.writer(), 1s).value());
  EXPECT_THAT(store().adopt(two.writer(), Owners::dead, 10).value(), ElementsAre(order_id(1)));
}

TEST_P(Leases, OfTheDeadAreNotAskedForWhenOnlyReplacedLivesAreAdopted) {
  WriterNode dead(*subject, "dead", 1s), gone(*subject, "gone", 100s), before(*subject, "adopter", 100s);
  dead.create({1});
  gone.create({2});
  before.create({3});
  ASSERT_TRUE(store().resign(gone.writer()));
  WriterNode adopter(*subject, "adopter", 1s);
  subject->clock.advance(5s);
  EXPECT_THAT(store().adopt(adopter.writer(), Owners::replaced, 10).value(), ElementsAre(order_id(2), order_id(3)))
      << "whatever has become of the writer's lease";
  EXPECT_EQ(dead.try_write([](ChangeList&, Timestamp) {}).value(), Commit::committed);
}

// Each renewal reports the time of the clock.
TEST_P(Leases, RunOutThoughTheDatabasesClockIsSetBack) {
  WriterNode dead(*subject, "dead", 500ms), adopter(*subject, "adopter", 100s);
  dead.create({1});
  subject->clock.step(-1h);
  std::vector<OrderId> adopted;
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (adopted.empty() && std::chrono::steady_clock::now() < patience) {
    EXPECT_TRUE(store().renew(adopter.writer(), 100s).value());
    adopted = store().adopt(adopter.writer(), Owners::dead, 10).value();
    subject->clock.advance(10ms);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));  // a database server has a clock of its own
  }
  EXPECT_THAT(adopted, ElementsAre(order_id(1)));
}

TEST_P(Leases, ABatchsTimeGoesOnThoughTheDatabasesClockIsSetBack) {
  WriterNode node(*subject, "node-1", 100s);
  Timestamp first;
  node.write([&](ChangeList&, Timestamp now) { first = now; });
  subject->clock.step(-1h);
  subject->clock.advance(100ms);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  Timestamp second;
  node.write([&](ChangeList&, Timestamp now) { second = now; });
  EXPECT_GE(second - first, 80ms);
  EXPECT_LT(second - first, 30s);
}

INSTANTIATE_TEST_SUITE_P(Stores, Leases, testing::ValuesIn(store_kinds()), name_of_kind);

}  // namespace
}  // namespace sagactl
