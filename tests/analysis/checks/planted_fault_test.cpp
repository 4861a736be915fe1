// Each fault that is planted in a correct history is found by its check, and by no other.
#include "analysis/verify.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/analysis/judging.hpp"
#include "tests/analysis/story.hpp"

namespace sagactl {
namespace {

// A fault to plant in a correct history, and the only check that must find it, with a witness that names the row.
struct HistoryMutant {
  const char* name;
  const char* check;
  std::string (*plant)(Story& story);  // returns what the witness must name
};

void use_key_of(FlowHistory& flow, const FlowHistory& other) {
  flow.flow.order.idempotency_key = other.flow.order.idempotency_key;
}

Payment extra_capture(const FlowHistory& flow, std::int64_t cents, int execution) {
  Payment payment = flow.flow.payments.front();
  payment.id = PaymentId{make_uuid_v7(flow.flow.order.created_at, 9, 9)};
  payment.execution = execution;
  payment.amount = Money{cents};
  payment.external_transaction_id = "tx-extra";
  return payment;
}

void set_amount(FlowHistory& flow, std::int64_t cents) {
  flow.flow.payments.front().amount = Money{cents};
  Event& event = *find_event(flow, EventType::payment_processed);
  Json data = Json::parse(event.data);
  data["amount"] = Money{cents}.number();
  event.data = data.dump();
}

void set_lock(FlowHistory& flow, const char* member, Json value) {
  Event& event = *find_event(flow, EventType::order_created);
  Json lock = Json::parse(event.metadata);
  lock[member] = std::move(value);
  event.metadata = lock.dump();
}

const HistoryMutant mutants[] = {
    {"two live orders with one key", "one-live-order-per-key",
     [](Story& s) {
       use_key_of(*s.placed_again, *s.completed);
       s.world.settle_claims();
       return id_of(s.placed_again);
     }},
    {"an order placed before the earlier one of its key was cancelled", "one-live-order-per-key",
     [](Story& s) {
       const Duration early = 1s + 3ms;
       FlowHistory& late = *s.placed_again;
       for (Event& event : late.events) event.occurred_at = event.occurred_at - early;
       set_lock(late, "lockAcquiredAt", find_event(late, EventType::order_created)->occurred_at.us - 100);
       s.world.number_events();
       return id_of(&late);
     }},
    {"a key without a claim", "one-live-order-per-key",
     [](Story& s) {
       std::erase_if(s.world.claims, [&](const Claim& c) { return c.order == s.completed->flow.order.id; });
       return id_of(s.completed);
     }},
    {"a key still claimed for a cancelled order", "one-live-order-per-key",
     [](Story& s) {
       for (Claim& claim : s.world.claims)
         if (claim.order == s.declined->flow.order.id) claim.live = true;
       return id_of(s.declined);
     }},
    {"two orders charged under one payment key", "one-live-order-per-key",
     [](Story& s) {
       for (FlowHistory* flow : {s.completed, s.placed_again}) flow->flow.payments.front().provider_key = "toss-1";
       return id_of(s.placed_again);
     }},
    {"a total that the items of an unpaid order are not worth", "money-balances",
     [](Story& s) {
       s.declined->flow.order.total = s.declined->flow.order.total + Money{1};
       return id_of(s.declined);
     }},
    {"an item that is worth more than was paid", "money-balances",
     [](Story& s) {
       s.completed->flow.order.items.front().price = Money{1000'01};
       return id_of(s.completed);
     }},
    {"a capture of one cent too little", "money-balances",
     [](Story& s) {
       set_amount(*s.completed, 999'99);
       return s.completed->flow.payments.front().id.text();
     }},
    {"a payment whose event says another amount", "money-balances",
     [](Story& s) {
       Event& event = *find_event(*s.completed, EventType::payment_processed);
       Json data = Json::parse(event.data);
       data["amount"] = 1;
       event.data = data.dump();
       return s.completed->flow.payments.front().id.text();
     }},
    {"a total that is not that of its event", "money-balances",
     [](Story& s) {
       Event& event = *find_event(*s.declined, EventType::order_created);
       Json data = Json::parse(event.data);
       data["totalAmount"] = 1;
       event.data = data.dump();
       return id_of(s.declined);
     }},
    {"a payment of another transaction than its event", "money-balances",
     [](Story& s) {
       s.completed->flow.payments.front().external_transaction_id = "tx-of-another";
       return s.completed->flow.payments.front().id.text();
     }},
    {"two captures that add up to the total", "one-capture-per-order",
     [](Story& s) {
       FlowHistory& flow = *s.completed;
       set_amount(flow, 400'00);
       const Payment second = extra_capture(flow, 600'00, 2);
       Event event = *find_event(flow, EventType::payment_processed);
       event.aggregate = second.id.uuid;
       event.data = Json{{"amount", 600}}.dump();
       flow.flow.payments.push_back(second);
       flow.events.push_back(event);
       s.world.number_events();
       return second.id.text();
     }},
    {"one charge captured by two payments", "one-capture-per-order",
     [](Story& s) {
       FlowHistory& flow = *s.undone;
       const Payment second = extra_capture(flow, 1000'00, 1);
       for (const EventType type : {EventType::payment_processed, EventType::payment_refunded}) {
         Event event = *find_event(flow, type);
         event.aggregate = second.id.uuid;
         Json data = Json::parse(event.data);
         data["externalTransactionId"] = second.external_transaction_id;
         event.data = data.dump();
         flow.events.push_back(event);
       }
       flow.flow.payments.push_back(second);
       std::stable_sort(flow.events.begin(), flow.events.end(),
                        [](const Event& a, const Event& b) { return a.occurred_at < b.occurred_at; });
       s.world.number_events();
       return second.id.text();
     }},
    {"a second charge before the first was refunded", "one-capture-per-order",
     [](Story& s) {
       charge_again_before_the_refund(*s.recharged);
       s.world.number_events();
       return id_of(s.recharged);
     }},
    {"a saga that never ended", "all-sagas-end",
     [](Story& s) {
       FlowHistory& flow = s.world.place({.product = "LAMP"});
       s.world.settle_claims();
       s.world.number_events();
       return id_of(&flow);
     }},
    {"a step of a compensated saga that was not compensated", "compensation-complete",
     [](Story& s) {
       FlowHistory& flow = *s.declined;
       erase_event(flow, EventType::saga_step_compensated);
       World::number_versions(flow, AggregateType::saga);
       s.world.number_events();
       return id_of(&flow);
     }},
    {"a step compensated twice", "compensation-complete",
     [](Story& s) {
       FlowHistory& flow = *s.declined;
       const auto undo = std::find_if(flow.events.begin(), flow.events.end(), [](const Event& event) {
         return event.type == EventType::saga_step_compensated;
       });
       const Event again = *undo;
       flow.events.insert(undo, again);
       World::number_versions(flow, AggregateType::saga);
       s.world.number_events();
       return id_of(&flow);
     }},
    {"steps compensated in forward order", "compensation-complete",
     [](Story& s) {
       std::vector<Event*> undone;
       for (Event& event : s.undone->events)
         if (event.type == EventType::saga_step_compensated) undone.push_back(&event);
       std::swap(undone.at(0)->data, undone.at(1)->data);
       return id_of(s.undone);
     }},
    {"a step compensated that was never completed", "compensation-complete",
     [](Story& s) {
       Event& event = *find_event(*s.declined, EventType::saga_step_compensated);
       Json data = Json::parse(event.data);
       data["step"] = "payment_processing";
       event.data = data.dump();
       s.declined->flow.barriers.push_back({1, Direction::compensation, 1, false, ""});
       return id_of(s.declined);
     }},
    {"a compensated saga whose payment step is still in effect", "compensation-complete",
     [](Story& s) {
       s.undone->flow.saga->steps[1].status = StepStatus::succeeded;
       return id_of(s.undone);
     }},
    {"an order that went from paid to delivered", "legal-transitions",
     [](Story& s) {
       FlowHistory& flow = *s.completed;
       Event event = *find_event(flow, EventType::order_status_changed);
       event.data = Json{{"previousStatus", "paid"}, {"newStatus", "delivered"}}.dump();
       flow.events.push_back(event);
       flow.flow.order.status = OrderStatus::delivered;
       World::number_versions(flow, AggregateType::order);
       s.world.number_events();
       return id_of(&flow);
     }},
    {"a row that disagrees with its events", "legal-transitions",
     [](Story& s) {
       s.completed->flow.order.status = OrderStatus::shipped;
       return id_of(s.completed);
     }},
    {"an order of another user than its event", "legal-transitions",
     [](Story& s) {
       Order& order = s.declined->flow.order;
       order.user = UserId{make_uuid_v7(order.created_at, 7, 7)};
       return id_of(s.declined);
     }},
    {"a charge started after its saga compensated", "no-charge-after-compensation",
     [](Story& s) {
       FlowHistory& flow = *s.cancelled_midway;
       const Timestamp at = find_event(flow, EventType::saga_compensating)->occurred_at;
       flow.flow.payments.front().charge_began_at = at + Duration{1};
       return flow.flow.payments.front().id.text();
     }},
    {"a row one version behind its events", "legal-transitions",
     [](Story& s) {
       --s.completed->flow.saga->version;
       return id_of(s.completed);
     }},
    {"a saga that completed without its payment step", "legal-transitions",
     [](Story& s) {
       erase_event(*s.completed, EventType::saga_step_completed);
       World::number_versions(*s.completed, AggregateType::saga);
       s.world.number_events();
       return id_of(s.completed);
     }},
    {"a payment refused after it was captured", "legal-transitions",
     [](Story& s) {
       FlowHistory& flow = *s.undone;
       find_event(flow, EventType::payment_refunded)->type = EventType::payment_failed;
       return flow.flow.payments.front().id.text();
     }},
    {"a saga retried while it was completed", "legal-transitions",
     [](Story& s) {
       FlowHistory& flow = *s.completed;
       Event event = *find_event(flow, EventType::saga_completed);
       event.type = EventType::saga_retried;
       event.data = Json{{"step", "order_confirmation"}, {"direction", "action"}}.dump();
       flow.events.push_back(event);
       World::number_versions(flow, AggregateType::saga);
       s.world.number_events();
       return id_of(&flow);
     }},
    {"an order without a saga", "counts-agree",
     [](Story& s) {
       FlowHistory& flow = *s.completed;
       flow.flow.saga.reset();
       std::erase_if(flow.events, [](const Event& e) { return e.aggregate_type == AggregateType::saga; });
       s.world.number_events();
       return id_of(&flow);
     }},
    {"a saga without an order", "counts-agree",
     [](Story& s) {
       FlowHistory& flow = *s.declined;
       Order nothing;
       nothing.id = flow.flow.order.id;
       nothing.version = 0;
       nothing.node = flow.flow.order.node;
       flow.flow.order = nothing;
       std::erase_if(flow.events, [](const Event& e) { return e.aggregate_type == AggregateType::order; });
       s.world.settle_claims();
       s.world.number_events();
       std::erase_if(s.world.claims, [&](const Claim& claim) { return claim.order == flow.flow.order.id; });
       return id_of(&flow);
     }},
    {"a payment without its event", "counts-agree",
     [](Story& s) {
       erase_event(*s.completed, EventType::payment_processed);
       s.world.number_events();
       return s.completed->flow.payments.front().id.text();
     }},
    {"events of a payment that has no row", "counts-agree",
     [](Story& s) {
       const std::string id = s.declined->flow.payments.front().id.text();
       s.declined->flow.payments.clear();
       return id;
     }},
    {"an event without an order", "counts-agree",
     [](Story& s) {
       World::Numbered last = s.world.stream.back();
       ++last.sequence;
       s.world.stream.push_back(last);
       for (NodeInfo& node : s.world.nodes)
         if (node.name == last.node) node.last_sequence = node.published = last.sequence;
       return std::string("an order");
     }},
    {"a node with a gap in its sequence", "event-stream-complete",
     [](Story& s) {
       for (World::Numbered& event : s.world.stream)
         if (event.node == "node-2" && event.sequence > 3) ++event.sequence;
       for (NodeInfo& node : s.world.nodes)
         if (node.name == "node-2") node.published = ++node.last_sequence;
       return std::string("node-2");
     }},
    {"a node whose last event is missing", "event-stream-complete",
     [](Story& s) {
       s.world.nodes[2].published = ++s.world.nodes[2].last_sequence;
       return std::string("node-3");
     }},
    {"an aggregate with a missing version", "event-stream-complete",
     [](Story& s) {
       Event& last = *find_event(*s.completed, EventType::saga_completed);
       s.completed->flow.saga->version = ++last.version;
       return id_of(s.completed);
     }},
    {"a write with an older fencing token", "fencing-increases",
     [](Story& s) {
       set_lock(*s.placed_again, "fencingToken", 1);
       s.placed_again->flow.order.fencing_token = 1;
       return id_of(s.placed_again);
     }},
    {"an order with another token than its lock", "fencing-increases",
     [](Story& s) {
       s.completed->flow.order.fencing_token += 5;
       return id_of(s.completed);
     }},
    {"two holders of one lock at once", "locks-do-not-overlap",
     [](Story& s) {
       const Timestamp held = find_event(*s.undone, EventType::order_created)->occurred_at;
       set_lock(*s.placed_again, "lockAcquiredAt", held.us - 100'000);
       return id_of(s.placed_again);
     }},
    {"events left in the outbox", "published-once-or-more-applied-once",
     [](Story& s) {
       s.world.nodes[1].published -= 2;
       return std::string("node-2");
     }},
    {"a checkpoint past the end", "published-once-or-more-applied-once",
     [](Story& s) {
       s.world.nodes[0].published += 2;
       return std::string("node-1");
     }},
    {"a call applied twice", "published-once-or-more-applied-once",
     [](Story& s) {
       s.completed->flow.barriers.push_back(s.completed->flow.barriers.back());
       return id_of(s.completed);
     }},
    {"a charge without its record", "published-once-or-more-applied-once",
     [](Story& s) {
       std::erase_if(s.completed->flow.barriers, [](const Barrier& barrier) { return barrier.step == 1; });
       return id_of(s.completed);
     }},
    {"a refund without its record", "published-once-or-more-applied-once",
     [](Story& s) {
       std::erase_if(s.undone->flow.barriers, [](const Barrier& barrier) {
         return barrier.step == 1 && barrier.direction == Direction::compensation;
       });
       return id_of(s.undone);
     }},
    {"an order of an unknown node", "every-node-known",
     [](Story& s) {
       s.completed->flow.order.node = "node-9";
       return id_of(s.completed);
     }},
    {"a step of an unknown node", "every-node-known",
     [](Story& s) {
       s.completed->flow.saga->steps[1].node = "";
       return id_of(s.completed);
     }},
    {"an order and its event of two nodes", "every-node-known",
     [](Story& s) {
       s.completed->flow.order.node = "node-2";
       return id_of(s.completed);
     }},
};

class PlantedFault : public testing::TestWithParam<HistoryMutant> {};

TEST_P(PlantedFault, IsFoundByItsCheckAlone) {
  const HistoryMutant& mutant = GetParam();
  Story story;
  const std::string named_row = mutant.plant(story);
  const auto verdicts = judge(story.world);
  expect_found_alone(verdicts, mutant.check, mutant.name, named_row);
  EXPECT_EQ(overall(verdicts), Ruling::fail);
}

INSTANTIATE_TEST_SUITE_P(Verify, PlantedFault, testing::ValuesIn(mutants),
                         [](const auto& test) { return test_name(test.param.name); });

TEST(Verify, EveryDatabaseCheckHasAMutant) {
  std::set<std::string> planted;
  for (const HistoryMutant& mutant : mutants) planted.insert(mutant.check);
  for (const Verdict& verdict : judge(Story().world))
    if (verdict.counted && verdict.name != "not-vacuous") {
      EXPECT_EQ(planted.count(verdict.name), 1u) << verdict.name;
    }
}

}  // namespace
}  // namespace sagactl
