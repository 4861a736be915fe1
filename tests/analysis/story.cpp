#include "tests/analysis/story.hpp"

namespace sagactl {

Story::Story() {
  completed = &world.add({.product = "BOOK", .node = "node-1"});
  declined = &world.place({.product = "PAYMENT_FAIL", .node = "node-2"});
  world.decline(*declined);
  undone = &world.add({.product = "PEN", .node = "node-3"});
  world.command(*undone, CompensateSaga{"asked for"});
  world.answer(*undone, Succeeded{});
  world.pass(1s);
  placed_again = &world.add({.product = "PEN", .node = "node-1"});
  recharged = &world.add({.product = "CUP", .node = "node-2"});
  world.cancel(*recharged, "changed my mind");
  world.answer(*recharged, Succeeded{});
  world.command(*recharged, RetrySaga{.by = "admin", .recharge = true, .was_refunded = true});
  world.answer(*recharged, Succeeded{}, "tx-second");
  cancelled_midway = &world.place({.product = "HAT", .node = "node-3"});
  world.cancel(*cancelled_midway, "too slow");
  world.complete(*cancelled_midway);
  world.answer(*cancelled_midway, Succeeded{});
  doubtful = &world.place({.product = "BAG", .node = "node-1"});
  world.pass(120s);
  world.answer(*doubtful, UnknownOutcome{"no answer"});
  world.command(*doubtful, CompensateSaga{"look into it"});
  world.answer(*doubtful, Succeeded{}, "tx-late");  // it was charged
  world.answer(*doubtful, Succeeded{});             // and is refunded
  stuck_refund = &world.add({.product = "KEY", .node = "node-2"});
  world.command(*stuck_refund, CompensateSaga{"asked for"});
  world.answer(*stuck_refund, Refused{"account closed"});
  world.settle_claims();
  world.number_events();
}

}  // namespace sagactl
