// The checks of stock, and the others over histories with stock: each planted fault is found by its check alone.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "analysis/verify.hpp"
#include "tests/analysis/checks/stock_story.hpp"
#include "tests/analysis/judging.hpp"

namespace sagactl {
namespace {

template <class Edit>
void edit(Event& event, const Edit& change) {
  Json data = Json::parse(event.data);
  change(data);
  event.data = data.dump();
}

// The event of a reservation of this kind of stock.
Event& moved(FlowHistory& flow, EventType type, StockKind kind) {
  return *std::find_if(flow.events.begin(), flow.events.end(), [&](const Event& event) {
    return event.type == type && event.aggregate_type == aggregate_type_of(kind);
  });
}

// Changes what a reservation's event records about one stock.
template <class Edit>
void edit_line(Event& event, const std::string& stock, const Edit& change) {
  edit(event, [&](Json& data) {
    for (Json& line : data.at("items"))
      if (line.at("id") == stock) change(line);
  });
}

Event& set_event(StockStory& story, StockKind kind, const std::string& id) {
  return *std::find_if(story.world.stock_events.begin(), story.world.stock_events.end(), [&](const Event& event) {
    return event.aggregate == aggregate_of({kind, id});
  });
}

Reservation& reservation(FlowHistory& flow, StockKind kind) {
  return *std::find_if(flow.flow.reservations.begin(), flow.flow.reservations.end(),
                       [&](const Reservation& it) { return it.kind == kind; });
}

void lower(Json& level, std::int64_t by) {
  level["available"] = level["available"].get<std::int64_t>() - by;
}

struct StockMutant {
  const char* name;
  const char* check;
  std::string (*plant)(StockStory& story);  // returns what the witness must name
};

constexpr StockKind product = StockKind::product, item = StockKind::item, balance = StockKind::balance;

const StockMutant stock_mutants[] = {
    {"a unit that is in no quantity", "stock-balances",
     [](StockStory& s) {
       Stock& row = s.world.stock(product, "LAPTOP");
       --row.available;
       --row.total;
       return std::string("LAPTOP");
     }},
    {"a total that its quantities do not add up to", "stock-balances",
     [](StockStory& s) {
       ++s.world.stock(item, "SWORD").total;
       return std::string("SWORD");
     }},
    {"stock set to a total that its quantities do not add up to", "stock-balances",
     [](StockStory& s) {
       edit(set_event(s, product, "LAPTOP"), [](Json& data) { data["total"] = 51; });
       return std::string("LAPTOP");
     }},
    {"a sale of more than recorded", "stock-balances",
     [](StockStory& s) {
       edit_line(moved(*s.checked_out, EventType::stock_confirmed, product), "LAPTOP",
                 [](Json& line) { line["sold"] = 3; });
       return id_of(s.checked_out);
     }},
    {"a change without an event", "stock-balances",
     [](StockStory& s) {
       edit_line(moved(*s.checked_out, EventType::stock_confirmed, product), "MOUSE",
                 [](Json& line) { line["stockVersion"] = 4; });
       s.world.stock(product, "MOUSE").version = 4;
       return std::string("MOUSE");
     }},
    {"two changes of one version", "stock-balances",
     [](StockStory& s) {
       edit_line(moved(*s.checked_out, EventType::stock_confirmed, product), "MOUSE",
                 [](Json& line) { line["stockVersion"] = 2; });
       return id_of(s.checked_out);
     }},
    {"a sale that moved nothing", "stock-balances",
     [](StockStory& s) {
       edit_line(moved(*s.checked_out, EventType::stock_confirmed, product), "MOUSE", [](Json& line) {
         for (const char* member : {"stockVersion", "available", "reserved", "sold"}) line.erase(member);
       });
       Stock& row = s.world.stock(product, "MOUSE");
       row.version = 2;
       row.reserved = row.sold;
       row.sold = 0;
       return id_of(s.checked_out);
     }},
    {"an order that needs more than it reserved", "stock-balances",
     [](StockStory& s) {
       OrderItem& item = s.checked_out->flow.order.items[0];
       item.quantity *= 2;
       item.price.cents /= 2;
       return id_of(s.checked_out);
     }},
    {"an event of another quantity than its reservation", "stock-balances",
     [](StockStory& s) {
       edit_line(moved(*s.purchased, EventType::stock_reserved, item), "SWORD",
                 [](Json& line) { line["quantity"] = 1; });
       return id_of(s.purchased);
     }},
    {"a completed order whose units were released", "stock-balances",
     [](StockStory& s) {
       s.world.give_back(*s.choreographed, product);
       s.settle();
       return id_of(s.choreographed);
     }},
    {"an order that was deleted with all its events", "stock-balances",
     [](StockStory& s) {
       s.world.remove(*s.checked_out);
       s.settle();
       return std::string("LAPTOP");
     }},
    {"slots that the purchase did not use", "stock-balances",
     [](StockStory& s) {
       Stock& row = s.world.stock(StockKind::slots, "alice");
       ++row.available;
       --row.sold;
       return std::string("alice");
     }},
    {"a balance that is one cent too high", "money-balances",
     [](StockStory& s) {
       Stock& row = s.world.stock(balance, "alice");
       ++row.available;
       ++row.total;
       return std::string("alice");
     }},
    {"a balance that was charged more than recorded", "money-balances",
     [](StockStory& s) {
       edit_line(moved(*s.purchased, EventType::stock_reserved, balance), "alice",
                 [](Json& line) { line["reserved"] = line["reserved"].get<std::int64_t>() + 1; });
       return id_of(s.purchased);
     }},
    {"a purchase that reserved less than it costs", "money-balances",
     [](StockStory& s) {
       reservation(*s.purchased, balance).lines[0].quantity -= 100;
       return id_of(s.purchased);
     }},
    {"a completed purchase whose money was released", "money-balances",
     [](StockStory& s) {
       s.world.give_back(*s.purchased, balance);
       s.settle();
       return id_of(s.purchased);
     }},
    {"a checkout charged one cent too little", "money-balances",
     [](StockStory& s) {
       Payment& payment = s.checked_out->flow.payments.front();
       payment.amount = payment.amount - Money{1};
       edit(*find_event(*s.checked_out, EventType::payment_processed),
            [&](Json& data) { data["amount"] = payment.amount.number(); });
       return payment.id.text();
     }},
    {"stock that was set below zero", "never-negative",
     [](StockStory& s) {
       edit(set_event(s, product, "IDLE"), [](Json& data) { data["available"] = data["total"] = -3; });
       Stock& row = s.world.stock(product, "IDLE");
       row.available = row.total = -3;
       return std::string("IDLE");
     }},
    {"units reserved beyond the stock and released again", "never-negative",
     [](StockStory& s) {
       edit(set_event(s, product, "VASE"), [](Json& data) { data["available"] = data["total"] = 0; });
       for (const EventType type : {EventType::stock_reserved, EventType::stock_confirmed, EventType::stock_released})
         edit_line(moved(*s.undone, type, product), "VASE", [](Json& line) { lower(line, 50); });
       Stock& row = s.world.stock(product, "VASE");
       row.available = row.total = 0;
       return id_of(s.undone);
     }},
    {"an expired reservation recorded as released", "legal-transitions",
     [](StockStory& s) {
       reservation(*s.expired_undone, item).status = ReservationStatus::released;
       return reservation(*s.expired_undone, item).id.text();
     }},
    {"a refused reservation that expired", "legal-transitions",
     [](StockStory& s) {
       Reservation& refused = reservation(*s.too_poor, balance);
       Event again = moved(*s.too_poor, EventType::stock_refused, balance);
       again.type = EventType::stock_released;
       again.version = refused.version = 2;
       edit(again, [](Json& data) { data["reason"] = "expired"; });
       refused.status = ReservationStatus::expired;
       s.too_poor->events.push_back(again);
       s.settle();
       return refused.id.text();
     }},
    {"a reservation one version behind its events", "legal-transitions",
     [](StockStory& s) {
       --reservation(*s.checked_out, product).version;
       return reservation(*s.checked_out, product).id.text();
     }},
    {"a buyer notified of a cancelled purchase", "legal-transitions",
     [](StockStory& s) {
       Event told = *find_event(*s.purchased, EventType::notification_sent);
       FlowHistory& flow = *s.given_back;
       told.aggregate = flow.flow.order.id.uuid;
       told.order = flow.flow.order.id;
       told.occurred_at = s.world.now();
       flow.events.push_back(told);
       World::number_versions(flow, AggregateType::order);
       s.settle();
       return id_of(&flow);
     }},
    {"a reservation without its event", "counts-agree",
     [](StockStory& s) {
       erase_event(*s.too_poor, EventType::stock_refused);
       s.settle();
       return reservation(*s.too_poor, balance).id.text();
     }},
    {"events of a reservation that has no row", "counts-agree",
     [](StockStory& s) {
       const std::string id = reservation(*s.too_poor, balance).id.text();
       s.too_poor->flow.reservations.clear();
       return id;
     }},
    {"stock that was never set", "counts-agree",
     [](StockStory& s) {
       Stock ghost;
       ghost.key = {product, "GHOST"};
       ghost.node = "node-1";
       s.world.stocks[ghost.key] = ghost;
       return std::string("GHOST");
     }},
    {"stock whose row is gone", "counts-agree",
     [](StockStory& s) {
       s.world.stocks.erase({product, "IDLE"});
       return std::string("IDLE");
     }},
    {"stock whose row is gone while orders have units of it", "counts-agree",
     [](StockStory& s) {
       s.world.stocks.erase({product, "LAPTOP"});
       return std::string("LAPTOP");
     }},
    {"an event of no order and no stock", "counts-agree",
     [](StockStory& s) {
       Event lost = *find_event(*s.placed, EventType::order_confirmed);
       lost.order = {};
       s.world.stock_events.push_back(lost);
       s.settle();
       return lost.aggregate.text();
     }},
    {"a reserving step without a reservation", "counts-agree",
     [](StockStory& s) {
       for (Event& event : s.checked_out->events)
         if (event.type == EventType::saga_step_completed && event.data.find("RESERVE") != std::string::npos)
           edit(event, [](Json& data) { data["attempt"] = 7; });
       std::vector<Barrier>& barriers = s.checked_out->flow.barriers;
       const std::vector<Barrier> recorded = barriers;
       for (Barrier barrier : recorded) {
         barrier.execution = 7;
         barriers.push_back(barrier);
       }
       return id_of(s.checked_out);
     }},
    {"a reservation with a missing version", "event-stream-complete",
     [](StockStory& s) {
       Reservation& refused = reservation(*s.too_poor, balance);
       refused.version = moved(*s.too_poor, EventType::stock_refused, balance).version = 2;
       return refused.id.text();
     }},
    {"a setting of stock with the wrong version", "event-stream-complete",
     [](StockStory& s) {
       set_event(s, product, "IDLE").version = 2;
       return aggregate_of({product, "IDLE"}).text();
     }},
    {"a compensated checkout that kept its units", "compensation-complete",
     [](StockStory& s) {
       erase_event(*s.undone, EventType::stock_released);
       Reservation& kept = reservation(*s.undone, product);
       kept.status = ReservationStatus::confirmed;
       kept.version = 2;
       Stock& row = s.world.stock(product, "VASE");
       row.version = 3;
       --row.available;
       ++row.sold;
       s.settle();
       return id_of(s.undone);
     }},
    {"steps of a purchase compensated in forward order", "compensation-complete",
     [](StockStory& s) {
       std::vector<Event*> undone;
       for (Event& event : s.given_back->events)
         if (event.type == EventType::saga_step_compensated) undone.push_back(&event);
       std::swap(undone.at(1)->data, undone.at(2)->data);
       return id_of(s.given_back);
     }},
    {"a checkout charged again before the first charge was refunded", "one-capture-per-order",
     [](StockStory& s) {
       charge_again_before_the_refund(*s.recharged);
       s.settle();
       return id_of(s.recharged);
     }},
    {"a purchase that never ended", "all-sagas-end",
     [](StockStory& s) {
       FlowHistory& flow = s.purchase("alice", "RING", 1);
       s.settle();
       return id_of(&flow);
     }},
    {"stock of an unknown node", "every-node-known",
     [](StockStory& s) {
       s.world.stock(product, "IDLE").node = "node-9";
       return std::string("IDLE");
     }},
    {"a reservation without a node", "every-node-known",
     [](StockStory& s) {
       reservation(*s.purchased, item).node.clear();
       return reservation(*s.purchased, item).id.text();
     }},
};

class StockFault : public testing::TestWithParam<StockMutant> {};

TEST_P(StockFault, IsFoundByItsCheckAlone) {
  const StockMutant& mutant = GetParam();
  StockStory story;
  const std::string named_row = mutant.plant(story);
  const auto verdicts = judge(story.world);
  expect_found_alone(verdicts, mutant.check, mutant.name, named_row);
  if (HasFatalFailure()) return;
  const Verdict& found = named(verdicts, mutant.check);
  EXPECT_FALSE(found.witness.at("rows").empty()) << mutant.name;
  EXPECT_LE(found.witness.at("rows").size(), 4u) << mutant.name << "\n" << found.witness.dump(2);
}

INSTANTIATE_TEST_SUITE_P(Verify, StockFault, testing::ValuesIn(stock_mutants),
                         [](const auto& test) { return test_name(test.param.name); });

TEST(StockVerdicts, PassACorrectHistoryOfAllFourSystems) {
  StockStory story;
  const auto verdicts = judge(story.world);
  for (const Verdict& verdict : verdicts)
    if (verdict.counted) {
      EXPECT_EQ(verdict.ruling, Ruling::pass) << verdict.name << ": " << verdict.reason;
    }
  EXPECT_TRUE(named(verdicts, "stock-balances").counted);
  EXPECT_TRUE(named(verdicts, "never-negative").counted);
}

// A flow that holds stock is kept until it has released it.
TEST(StockVerdicts, FindUnitsThatNoOrderHoldsEvenWhereEventsWereDeleted) {
  StockStory story;
  story.world.stream.erase(story.world.stream.begin() + 3);
  EXPECT_EQ(named(judge(story.world), "stock-balances").ruling, Ruling::pass);
  Stock& row = story.world.stock(product, "IDLE");
  --row.available;
  ++row.reserved;
  const Verdict found = named(judge(story.world), "stock-balances");
  EXPECT_EQ(found.ruling, Ruling::fail) << found.reason;
  EXPECT_NE(found.reason.find("IDLE"), std::string::npos) << found.reason;
}

TEST(StockVerdicts, EveryCheckOfStockHasAMutant) {
  std::set<std::string> planted;
  for (const StockMutant& mutant : stock_mutants) planted.insert(mutant.check);
  for (const char* check : {"stock-balances", "money-balances", "never-negative"})
    EXPECT_EQ(planted.count(check), 1u) << check;
}

}  // namespace
}  // namespace sagactl
