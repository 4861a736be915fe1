// A store may have a batch window: commands that arrive soon after a commit has started share the next commit.
#include <gtest/gtest.h>

#include <utility>

#include "tests/engine/controlled_node.hpp"

namespace sagactl {
namespace {

class BatchWindow : public NodeOnControlledStore {
 protected:
  BatchWindow() {
    store.window = 8ms;
    options.batch_max = 4;
    start();
    engine->turn();
  }
  void place(int orders) {
    for (int i = 0; i < orders; ++i)
      engine->submit(order_for(fmt::format("P{}", ++placed)),
                     [this](Result<Receipt> receipt) { taken += receipt.ok(); });
  }

  int placed = 0, taken = 0;
};

TEST_F(BatchWindow, ASingleCommandDoesNotWait) {
  for (int order = 1; order <= 3; ++order) {
    place(1);
    engine->turn();
    EXPECT_EQ(taken, order);
    clock.advance(8ms);
  }
}

TEST_F(BatchWindow, CommandsSoonAfterACommitShareTheNextOne) {
  place(1);
  engine->turn();
  const auto commits = engine->stats().commits;
  const SteadyTime next = clock.steady() + 8ms;
  for (int waiting = 1; waiting <= 3; ++waiting) {
    clock.advance(2ms);
    place(1);
    EXPECT_EQ(engine->turn(), next);
    EXPECT_EQ(taken, 1);
  }
  clock.advance(2ms);
  engine->turn();
  EXPECT_EQ(taken, 4);
  EXPECT_EQ(engine->stats().commits, commits + 1);
}

TEST_F(BatchWindow, AFullBatchDoesNotWait) {
  place(1);
  engine->turn();
  place(4);
  engine->turn();
  EXPECT_EQ(taken, 5);
}

// A store without a batch window; an order was just committed, which took a quarter of a millisecond.
class UnawaitedCommands : public BatchWindow {
 protected:
  UnawaitedCommands() {
    store.window = Duration{0};
    place(1);
    began = clock.steady();
    commit_takes(250us);
    commits = engine->stats().commits;
  }
  void commit_takes(Duration time) {
    store.on_call = [this, time, is_first = true]() mutable {
      if (std::exchange(is_first, false)) clock.advance(time);
    };
    engine->turn();
    store.on_call = nullptr;
  }
  std::uint64_t later_commits() const { return engine->stats().commits - commits; }

  SteadyTime began;
  std::uint64_t commits = 0;
};

TEST_F(UnawaitedCommands, AreTakenAlongByTheNextCommit) {
  gateway.answer_charge(Charged{"tx"});
  clock.advance(1ms);
  EXPECT_EQ(engine->turn(), began + 4ms);
  EXPECT_EQ(later_commits(), 0u);
  place(1);
  engine->turn();
  EXPECT_EQ(taken, 2);
  EXPECT_EQ(later_commits(), 1u);
  EXPECT_EQ(engine->stats().queue_depth, 0u);
}

TEST_F(UnawaitedCommands, WaitSixteenTimesAsLongAsTheLastCommitTook) {
  gateway.answer_charge(Charged{"tx"});
  clock.advance(began + 4ms - clock.steady());
  engine->turn();
  EXPECT_EQ(later_commits(), 1u);
  EXPECT_EQ(engine->stats().open_sagas, 0u);
}

TEST_F(UnawaitedCommands, DoNotWaitAfterAPause) {
  clock.advance(4ms);
  gateway.answer_charge(Charged{"tx"});
  engine->turn();
  EXPECT_EQ(later_commits(), 1u);
}

TEST_F(UnawaitedCommands, WaitEightMillisecondsAtMost) {
  place(1);
  began = clock.steady();
  commit_takes(1ms);
  gateway.answer_charge(Charged{"tx"});
  EXPECT_EQ(engine->turn(), began + 8ms);
}

TEST_F(UnawaitedCommands, DoNotWaitOnceTheyFillABatch) {
  place(3);
  commit_takes(250us);
  for (int i = 0; i < 3; ++i) gateway.answer_charge(Charged{"tx"});
  engine->turn();
  EXPECT_EQ(engine->stats().open_sagas, 4u);
  gateway.answer_charge(Charged{"tx"});
  engine->turn();
  EXPECT_EQ(engine->stats().open_sagas, 0u);
}

TEST_F(UnawaitedCommands, AnAnswerAboutAFlowThatAClientWatchesIsAwaited) {
  const OrderId order = memory->orders({}, {})->flows.front().order.id;
  const FlowWatch::Watcher ticket(engine->watch(), order);
  gateway.answer_charge(Charged{"tx"});
  engine->turn();
  EXPECT_EQ(engine->stats().open_sagas, 0u);
}

TEST_F(BatchWindow, IsUnaffectedByTheTimeOfDay) {
  for (const Duration step : {-3600s, 3600s}) {
    taken = 0;
    clock.advance(8ms);
    place(1);
    engine->turn();
    clock.step(step);
    place(1);
    clock.advance(7ms);
    engine->turn();
    EXPECT_EQ(taken, 1) << step.count();
    clock.advance(1ms);
    engine->turn();
    EXPECT_EQ(taken, 2) << step.count();
  }
}

}  // namespace
}  // namespace sagactl
