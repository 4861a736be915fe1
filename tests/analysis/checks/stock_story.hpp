// A correct history of all four systems, with one flow for each path of stock.
#pragma once

#include "tests/analysis/world.hpp"

namespace sagactl {

struct StockStory {
  World world;
  FlowHistory* placed;          // no stock: BOOK
  FlowHistory* checked_out;     // CheckoutSaga: 2 LAPTOP and 1 MOUSE
  FlowHistory* choreographed;   // CheckoutChoreographySaga: 1 LAPTOP
  FlowHistory* declined;        // a checkout whose card was declined
  FlowHistory* sold_out;        // 1 RARE, which is out of stock: charged, refused, refunded
  FlowHistory* undone;          // 1 VASE, completed and then compensated by an operator
  FlowHistory* recharged;       // 2 LAMP, compensated and then retried
  FlowHistory* purchased;       // alice: 2 SWORD
  FlowHistory* too_poor;        // bob: 1 SWORD
  FlowHistory* no_slots;        // carol: 1 SWORD
  FlowHistory* no_item;         // alice: 2 CROWN, with one in stock
  FlowHistory* not_charged;     // alice: 1 SWORD, declined
  FlowHistory* expired;         // alice: 1 SHIELD; it had expired when it was paid for, with enough in stock
  FlowHistory* expired_undone;  // alice: 1 SHIELD; it had expired when its card was declined
  FlowHistory* given_back;      // alice: 1 RING, completed and then compensated by an operator

  StockStory();
  void settle();  // after events were added or removed

  FlowHistory& check_out(std::vector<std::pair<std::string, std::int64_t>> products,
                         std::string_view saga = checkout_saga, const NodeName& node = "node-1");
  FlowHistory& purchase(const std::string& user, const std::string& item, std::int64_t quantity);
};

}  // namespace sagactl
