// When a lease says that a node is dead, and when it says nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/contract/store_subject.hpp"
#include "tests/contract/writing.hpp"
#include "tests/services/waiting.hpp"

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
  EXPECT_TRUE(store().renew(two.writer(), 100s).value());
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
  eventually([&] {  // a database server has a clock of its own
    EXPECT_TRUE(store().renew(adopter.writer(), 100s).value());
    adopted = store().adopt(adopter.writer(), Owners::dead, 10).value();
    subject->clock.advance(10ms);
    return !adopted.empty();
  });
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

TEST_P(Leases, SayWhenOthersMayLeaveSomethingBehind) {
  WriterNode self(*subject, "self", 100s);
  EXPECT_EQ(store().left_behind(self.writer(), Owners::dead)->others, 0u);
  WriterNode one(*subject, "one", 50s), two(*subject, "two", 20s);
  one.create({1});
  self.create({2});
  const LeftBehind found = store().left_behind(self.writer(), Owners::dead).value();
  EXPECT_FALSE(found.sagas);
  EXPECT_FALSE(found.events);
  EXPECT_EQ(found.others, 2u);
  EXPECT_GT(found.next_expiry, 5s) << "of the first that runs out";
  EXPECT_LE(found.next_expiry, 20s);
}

TEST_P(Leases, ThatRanOutLeaveSagasAndEventsBehind) {
  WriterNode self(*subject, "self", 100s), dead(*subject, "dead", 1s);
  dead.create({1});
  subject->clock.advance(5s);
  const LeftBehind found = store().left_behind(self.writer(), Owners::dead).value();
  EXPECT_TRUE(found.sagas);
  EXPECT_TRUE(found.events);
  EXPECT_EQ(found.others, 0u);
  EXPECT_EQ(found.next_expiry, Duration{0});
  EXPECT_FALSE(store().left_behind(self.writer(), Owners::replaced)->sagas) << "its epoch was not replaced";
  ASSERT_EQ(store().adopt(self.writer(), Owners::dead, 10)->size(), 1u);
  EXPECT_FALSE(store().left_behind(self.writer(), Owners::dead)->sagas);
  ASSERT_TRUE(store().set_published(self.writer(), {{"dead", 1}}));
  EXPECT_FALSE(store().left_behind(self.writer(), Owners::dead)->events);
}

TEST_P(Leases, ThatWereGivenUpLeaveSagasBehindAtOnce) {
  WriterNode self(*subject, "self", 100s), gone(*subject, "gone", 100s);
  gone.create({1});
  ASSERT_TRUE(store().resign(gone.writer()));
  const LeftBehind found = store().left_behind(self.writer(), Owners::replaced).value();
  EXPECT_TRUE(found.sagas);
  EXPECT_EQ(found.others, 0u);
}

TEST_P(Leases, ThatWereGivenUpAreFoundWhereverTheirNodeStandsAmongThoseThatWrite) {
  WriterNode first(*subject, "first", 100s), self(*subject, "self", 100s), middle(*subject, "middle", 100s),
      other(*subject, "other", 100s), last(*subject, "last", 100s);
  const auto are_left_behind = [&] { return store().left_behind(self.writer(), Owners::replaced)->sagas; };
  self.create({1});
  other.create({2});
  int number = 3;
  for (WriterNode* gone : {&first, &middle, &last}) {
    gone->create({number});
    EXPECT_FALSE(are_left_behind()) << number;
    ASSERT_TRUE(store().resign(gone->writer()));
    EXPECT_TRUE(are_left_behind()) << number;
    EXPECT_THAT(store().adopt(self.writer(), Owners::replaced, 10).value(), ElementsAre(order_id(number)));
    ++number;
  }
  EXPECT_FALSE(are_left_behind());
  const WriterNode next_life(*subject, "other", 100s);
  EXPECT_TRUE(are_left_behind()) << "of an earlier epoch of a node that writes";
}

// What is left of a saga that has ended, though its order has not, is for nobody to adopt.
TEST_P(Leases, LeaveNothingBehindOfSagasThatHaveEnded) {
  WriterNode self(*subject, "self", 100s), dead(*subject, "dead", 1s);
  dead.write([&](ChangeList& list, Timestamp now) {
    Flow flow = new_flow(1, dead.owner(), now);
    flow.saga->status = SagaStatus::failed;
    list.create(flow);
  });
  subject->clock.advance(5s);
  EXPECT_FALSE(store().left_behind(self.writer(), Owners::dead)->sagas);
}

TEST_P(Leases, OfAWriterThatAsksAreCheckedAsForAnAdoption) {
  WriterNode before(*subject, "self", 1s), self(*subject, "self", 1s);
  EXPECT_EQ(store().left_behind(before.writer(), Owners::dead).error().code, ErrorCode::conflict);
  EXPECT_EQ(store().left_behind(before.writer(), Owners::replaced).error().code, ErrorCode::conflict);
  subject->clock.advance(5s);
  EXPECT_EQ(store().left_behind(self.writer(), Owners::dead).error().code, ErrorCode::retry);
  EXPECT_TRUE(store().left_behind(self.writer(), Owners::replaced));
}

INSTANTIATE_TEST_SUITE_P(Stores, Leases, testing::ValuesIn(store_kinds()), name_of_kind);

}  // namespace
}  // namespace sagactl
