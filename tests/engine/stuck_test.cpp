// An internal command that the store rejects is retried until it succeeds, and its saga is reported as stuck.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/log.hpp"
#include "tests/engine/controlled_node.hpp"

namespace sagactl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Stuck : public NodeOnControlledStore {
 protected:
  Stuck() {
    set_log_sink([this](std::string_view line) { log += line; });
    start();
    engine->submit(order_for("A"), [](const Result<Receipt>&) {});
    engine->turn();
  }
  ~Stuck() override { set_log_sink(nullptr); }
  void pass(Duration time) {
    for (const SteadyTime until = clock.steady() + time; clock.steady() < until; clock.advance(100ms)) engine->turn();
  }
  std::string log;
};

TEST_F(Stuck, AWakeUpThatFailsToCommitIsRetried) {
  pass(29s);
  store.bugs = 1;
  pass(2s);
  EXPECT_EQ(store.bugs, 0);
  EXPECT_EQ(engine->stats().stuck_sagas, 1u);
  EXPECT_THAT(log, HasSubstr("duplicate key"));
  EXPECT_THAT(gateway.calls, ElementsAre("charge 1"));
  pass(3s);
  EXPECT_THAT(gateway.calls, ElementsAre("charge 1", "query 1"));
  EXPECT_EQ(engine->stats().stuck_sagas, 0u);
}

TEST_F(Stuck, IsRetriedWithGrowingBoundedPauses) {
  store.bugs = 1'000'000;
  pass(10min);
  const int tries = 1'000'000 - store.bugs;
  EXPECT_GT(tries, 10);
  EXPECT_LT(tries, 20);
  EXPECT_EQ(engine->stats().stuck_sagas, 1u) << "until it succeeds";
  store.bugs = 0;
  pass(61s);
  EXPECT_EQ(engine->stats().stuck_sagas, 0u);
  const auto counts = memory->counts();
  EXPECT_EQ(counts->sagas.at({std::string(order_processing_saga), SagaStatus::failed}), 1) << "its budget is used up";
}

TEST_F(Stuck, ASagaThatFailsInTheEndIsLoggedWithWhatItIsFoundBy) {
  pass(10min);  // the payment is never answered
  const auto failed = memory->sagas({.statuses = {SagaStatus::failed}}, {});
  ASSERT_EQ(failed->flows.size(), 1u);
  EXPECT_THAT(log, HasSubstr("level=warn event=\"a saga requires manual intervention\""));
  EXPECT_THAT(log, HasSubstr("correlation_id=" + failed->flows[0].order.id.text()));
  EXPECT_THAT(log, HasSubstr("step=payment_processing reason="));
}

TEST_F(Stuck, AReplyThatFailsToCommitIsKept) {
  store.bugs = 1;
  gateway.answer_charge(Charged{"tx"});
  pass(10s);
  const auto counts = memory->counts();
  EXPECT_EQ(counts->sagas.at({std::string(order_processing_saga), SagaStatus::completed}), 1);
}

// The command that fails alone is at fault; the others in its batch are committed immediately, and later ones as well.
TEST_F(Stuck, OtherCommandsAreCommitted) {
  pass(29s);
  store.bugs = 1'000'000;
  pass(2s);
  store.bugs = 2;  // for the batch that contains it again, and for it alone
  int taken = 0;
  for (int i = 0; i < 50; ++i) {
    engine->submit(order_for(fmt::format("B{}", i)), [&](const Result<Receipt>& receipt) { taken += receipt.ok(); });
    pass(200ms);
  }
  EXPECT_GE(taken, 48);
}

TEST_F(Stuck, AnAdoptedSagaWhoseWakeUpFailedIsAdoptedAgainAfterTheNodeWasFenced) {
  options.adopt_max = 1;
  start();  // under another epoch
  store.bugs = 1;
  pass(500ms);
  ASSERT_EQ(engine->stats().adopted, 1u);
  ASSERT_EQ(engine->stats().stuck_sagas, 1u);
  ASSERT_TRUE(memory->register_node(options.node, "", options.lease));
  pass(10s);
  EXPECT_EQ(engine->stats().fenced, 1u);
  EXPECT_EQ(engine->stats().adopted, 2u);
  EXPECT_EQ(engine->stats().stuck_sagas, 0u);
}

TEST_F(Stuck, ADueFlowThatFailsIsQueuedOnce) {
  options.policy.reservation_ttl = 1s;
  start();
  StockSetting setting;
  setting.key = {StockKind::product, "A"};
  setting.name = "The A";
  setting.available = 5;
  engine->submit(SetStockRequest{admin, {setting}}, [](const Result<Receipt>&) {});
  engine->submit(checkout_for("A", 1), [](const Result<Receipt>&) {});
  engine->turn();
  store.bugs = 1'000'000;
  pass(20s);
  EXPECT_THAT(1'000'000 - store.bugs, testing::AllOf(testing::Ge(3), testing::Le(6)))
      << "with growing pauses, not every second";
}

}  // namespace
}  // namespace sagactl
