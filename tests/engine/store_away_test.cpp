// What a node says of a store that goes away and comes back.
#include <gtest/gtest.h>

#include "tests/engine/front_store.hpp"

namespace sagactl {
namespace {

class StoreAway : public NodeOnAFrontStore {
 protected:
  StoreAway() {
    start();
    pass(1s);
  }
  void pass(Duration time) {
    for (const Timestamp until = clock.now() + time; clock.now() < until; clock.advance(10ms)) engine->turn();
  }
};

TEST_F(StoreAway, IsSaid) {
  EXPECT_TRUE(engine->stats().store_available);
  store.away = true;
  pass(options.lease);
  EXPECT_FALSE(engine->stats().store_available);
  EXPECT_EQ(engine->stats().store_error, "the store is away");
}

// A node that is not ready is sent no requests, so it cannot wait for one to find out.
TEST_F(StoreAway, AndBackAgainIsSaidByANodeThatHasNothingToWrite) {
  for (const Duration time : {Duration{1s}, options.lease, Duration{60s}}) {  // the lease may have run out meanwhile
    store.away = true;
    pass(time);
    store.away = false;
    pass(10s);
    EXPECT_TRUE(engine->stats().store_available) << "after " << format_duration(time);
    EXPECT_EQ(engine->stats().store_error, "");
  }
}

TEST_F(StoreAway, AnOrderThatComesMeanwhileIsRefusedAndIsTakenAfterwards) {
  std::vector<bool> taken;
  const auto note = [&](Result<Receipt> receipt) { taken.push_back(receipt.ok()); };
  store.away = true;
  engine->submit(order_for("A"), note);
  pass(1s);
  store.away = false;
  pass(10s);
  engine->submit(order_for("A"), note);
  pass(1s);
  EXPECT_EQ(taken, (std::vector<bool>{false, true}));
}

}  // namespace
}  // namespace sagactl
