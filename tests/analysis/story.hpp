// A correct history with one flow for each path through the saga.
#pragma once

#include "tests/analysis/world.hpp"

namespace sagactl {

struct Story {
  World world;
  FlowHistory* completed;         // BOOK, on node-1
  FlowHistory* declined;          // PAYMENT_FAIL, on node-2
  FlowHistory* placed_again;      // BOOK again, after `undone` had released the key
  FlowHistory* undone;            // PEN: completed, then compensated by an operator
  FlowHistory* recharged;         // CUP: cancelled, then retried
  FlowHistory* cancelled_midway;  // HAT: cancelled during its charge, which succeeded
  FlowHistory* doubtful;          // BAG: its charge was never answered; compensated by an operator
  FlowHistory* stuck_refund;      // KEY: its refund was refused: it needs manual intervention

  Story();
};

}  // namespace sagactl
