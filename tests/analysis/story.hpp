// A correct history with one flow for each way through the saga.
#pragma once

#include "tests/analysis/world.hpp"

namespace sagactl {

struct Story {
  World world;
  FlowHistory* completed;         // BOOK, on node-1
  FlowHistory* declined;          // PAYMENT_FAIL, on node-2
  FlowHistory* placed_again;      // BOOK once more, after `undone` had given the key back
  FlowHistory* undone;            // PEN: completed, then compensated by a person
  FlowHistory* recharged;         // CUP: cancelled, then retried
  FlowHistory* cancelled_midway;  // HAT: cancelled while its charge was under way, which succeeded
  FlowHistory* doubtful;          // BAG: its charge was never answered; a person had it undone
  FlowHistory* stuck_refund;      // KEY: its refund was refused: it waits for a person

  Story();
};

}  // namespace sagactl
