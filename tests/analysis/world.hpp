// A small system in memory that works like the engine, with the real deciders and participants, one command at a time,
// and keeps what a database would store.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "server/participants/perform.hpp"
#include "server/ports/history.hpp"

namespace sagactl {

class World {
 public:
  struct Placing {
    std::string product = "BOOK";
    NodeName node = "node-1";
    std::string correlation = {};
    std::vector<OrderItem> items = {};  // none: one of `product`, for 1000.00
    UserId user = {};                   // nil: a default user
    bool locked = true;
    std::string_view saga = order_processing_saga;
    std::string customer = {};  // of a checkout or a purchase; these hold no key
  };

  World();

  // Places an order, whose charge is then pending. The reference stays valid.
  FlowHistory& place(const Placing& placing);
  // The gateway's answer to the pending call.
  void answer(FlowHistory& flow, Outcome outcome, const std::string& transaction = "tx-1");
  void command(FlowHistory& flow, const SagaCommand& command);
  void cancel(FlowHistory& flow, const std::string& reason);  // the order at once, then its saga
  bool is_asked(const FlowHistory& flow) const;               // a call to the gateway is pending
  void expire(FlowHistory& flow);                             // its reservations, after their time

  void give_back(FlowHistory& flow, StockKind kind);  // its reservation of that kind, unrequested

  // Sets the stock like an operator, with its event.
  void set_stock(StockKind kind, const std::string& id, std::int64_t available, Money price = {});
  Stock& stock(StockKind kind, const std::string& id) { return stocks.at({kind, id}); }

  void complete(FlowHistory& flow) { answer(flow, Succeeded{}, "tx-" + flow.flow.order.id.text()); }
  void decline(FlowHistory& flow) { answer(flow, Refused{"Insufficient funds or card declined"}); }

  FlowHistory& add(const Placing& placing);  // placed and completed
  void pass(Duration time) { now_ = now_ + time; }
  void write_on(NodeName node) { node_ = std::move(node); }
  Timestamp now() const { return now_; }

  // Numbers the events of each node in their order, and marks all of them as published. To be called at the end, and
  // again after events were added, removed or moved.
  void number_events();
  // Sets the versions of an aggregate's events to 1, 2, 3 ... in their current order, and of its row to the last.
  static void number_versions(FlowHistory& flow, AggregateType type);
  // Makes the table of claims agree with the orders.
  void settle_claims();
  void remove(const FlowHistory& flow);

  std::deque<FlowHistory> flows;  // by creation
  std::vector<Claim> claims;
  std::vector<NodeInfo> nodes;
  std::map<StockKey, Stock> stocks;
  std::deque<Event> stock_events;  // that belong to no flow
  // Event numbers as each_event returns them; set by number_events.
  struct Numbered {
    NodeName node;
    std::int64_t sequence = 0;
    Timestamp at;
  };
  std::vector<Numbered> stream;

  std::unique_ptr<History> history() const;  // valid as long as the world

 private:
  Moment moment();
  void sign(Event& event) const;
  void append(FlowHistory& flow, std::vector<Event> events);
  StepResult perform_step(FlowHistory& flow, const StepCall& call, const Moment& at);
  void follow(FlowHistory& flow, SagaDecision decision);

  Timestamp now_{1'795'179'847'000'000};  // 2026-11-20T13:04:07Z
  NodeName node_ = "node-1";
  std::int64_t fencing_token_ = 0;
  std::uint64_t orders_ = 0;
  std::deque<std::pair<OrderId, GatewayCall>> under_way_;
};

Event* find_event(FlowHistory& flow, EventType type);
// Removes the first event of that type from the flow.
void erase_event(FlowHistory& flow, EventType type);

}  // namespace sagactl
