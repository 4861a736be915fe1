// A store may have a batch window: commands that arrive soon after a commit has started share the next commit.
#include <gtest/gtest.h>

#include "tests/engine/controlled_store.hpp"

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
