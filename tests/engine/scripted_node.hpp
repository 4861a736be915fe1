// A node on the memory store, with a clock that is advanced by hand and a payment gateway that answers on request.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "server/adapters/memory/memory_bus.hpp"
#include "server/adapters/memory/memory_lock.hpp"
#include "server/adapters/memory/memory_store.hpp"
#include "server/adapters/simulated/simulated_clock.hpp"
#include "server/engine/engine.hpp"
#include "tests/engine/stock_violations.hpp"

namespace sagactl {

inline const Actor admin{UserId{}, Role::admin};

class ScriptedGateway : public PaymentGateway {
 public:
  void charge(const Charge& charge, std::function<void(ChargeAnswer)> done) override {
    calls.push_back("charge " + charge.key.substr(charge.key.size() - 1));
    provider_keys.push_back(charge.payment_key);
    charges.push_back(std::move(done));
  }
  void query(const EarlierCharge& charge, std::function<void(QueryAnswer)> done) override {
    calls.push_back("query " + charge.key.substr(charge.key.size() - 1));
    queries.push_back(std::move(done));
  }
  void refund(const EarlierCharge& charge, Money, std::function<void(Outcome)> done) override {
    calls.push_back("refund " + charge.key.substr(charge.key.size() - 1));
    refunds.push_back(std::move(done));
  }

  // Answers the oldest call that waits.
  void answer_charge(ChargeAnswer answer) { take(charges)(std::move(answer)); }
  void answer_query(QueryAnswer answer) { take(queries)(std::move(answer)); }
  void answer_refund(Outcome answer) { take(refunds)(std::move(answer)); }

  std::vector<std::string> calls;
  std::vector<std::string> provider_keys;  // of the charges
  std::deque<std::function<void(ChargeAnswer)>> charges;
  std::deque<std::function<void(QueryAnswer)>> queries;
  std::deque<std::function<void(Outcome)>> refunds;

 private:
  template <class Queue>
  typename Queue::value_type take(Queue& queue) {
    auto done = std::move(queue.at(0));
    queue.pop_front();
    return done;
  }
};

inline PlaceOrder order_for(const std::string& product, Actor actor = {UserId{new_uuid()}, Role::customer}) {
  PlaceOrder order;
  order.id = OrderId::fresh();
  order.actor = actor;
  order.items = {{product, "Product " + product, 1, Money{100000}}};
  order.address = "Seoul";
  return order;
}

inline PlaceOrder checkout_for(const std::string& product, std::int64_t quantity,
                               const std::string& customer = "guest") {
  PlaceOrder order = order_for(product);
  order.saga = checkout_saga;
  order.customer = customer;
  order.items[0].quantity = quantity;
  order.key_only = true;
  return order;
}

inline PlaceOrder purchase_for(const std::string& user, const std::string& item, std::int64_t quantity) {
  PlaceOrder order = order_for(item);
  order.saga = item_purchase_saga;
  order.customer = user;
  order.items = {{item, "", quantity, Money{}}};
  order.key_only = true;
  return order;
}

struct ScriptedNode {
  explicit ScriptedNode(const std::string& name = "node-1", const Policy& how = {}) : policy(how) { start(name); }

  void start(const std::string& name) {
    EngineOptions options;
    options.node = name;
    options.policy = policy;
    engine = std::make_unique<Engine>(options, *store, gateway, *bus, clock);
    ASSERT_OK(engine->start());
    settle();
  }
  static void ASSERT_OK(const Result<void>& result) {
    if (!result) crash(result.error().message.c_str());
  }
  // Runs turns until the queue is empty.
  void settle() {
    do engine->turn();
    while (engine->stats().queue_depth > 0);
  }
  // Decides one command and returns its answer.
  Result<Receipt> run(Command command) {
    std::optional<Result<Receipt>> answer;
    engine->submit(std::move(command), [&](Result<Receipt> receipt) { answer = std::move(receipt); });
    settle();
    if (!answer) crash("a command was not answered");
    return *answer;
  }
  // Advances the clock, and runs what is due.
  void pass(Duration time) {
    for (Duration passed{0}; passed < time; passed += 1s) {
      clock.advance(1s);
      settle();
    }
  }
  Result<Receipt> set_stock(StockKind kind, const std::string& id, std::int64_t available, Money price = {}) {
    StockSetting setting;
    setting.key = {kind, id};
    setting.name = "The " + id;
    setting.price = price;
    setting.available = available;
    return run(SetStockRequest{Actor{UserId{}, Role::admin}, {setting}});
  }
  // "available/reserved/sold"; also checks all stocks.
  std::string stock(const std::string& id, StockKind kind = StockKind::product) {
    const auto snapshot = store->snapshot();
    EXPECT_THAT(stock_violations(**snapshot), ::testing::IsEmpty());
    const auto found = store->stock({kind, id}).value();
    return found ? fmt::format("{}/{}/{}", found->available, found->reserved, found->sold) : "none";
  }
  Flow flow(OrderId id) { return store->flow(id)->value(); }
  std::vector<std::string> events_of(OrderId id) {
    std::vector<std::string> names;
    for (const Event& event : *store->flow_events(id)) names.emplace_back(to_string(event.type));
    return names;
  }
  // An order whose saga has completed.
  OrderId completed(const std::string& product) {
    const OrderId id = run(order_for(product))->flow->order.id;
    gateway.answer_charge(Charged{"tx-" + product});
    settle();
    return id;
  }

  Policy policy;
  SimulatedClock clock;
  std::unique_ptr<MemoryStore> store = make_memory_store(clock);
  std::unique_ptr<Bus> bus = make_memory_bus();
  ScriptedGateway gateway;
  std::unique_ptr<Engine> engine;
};

}  // namespace sagactl
