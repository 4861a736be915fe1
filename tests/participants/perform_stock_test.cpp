// The commands that use stock, behind their barriers, and the stock that a flow may use.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/participants/perform.hpp"
#include "tests/participants/stock_room.hpp"

namespace sagactl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

Flow flow_of(std::string_view saga, std::vector<OrderItem> items) {
  CreateOrder create;
  create.id = OrderId{new_uuid()};
  create.items = std::move(items);
  create.customer = "buyer";
  Flow flow;
  flow.order = create_order(create, stock_moment)->order;
  flow.saga = new_saga(*find_definition(saga), saga_of(create.id), stock_moment);
  return flow;
}
Flow checkout_of(std::int64_t quantity) {
  return flow_of(checkout_saga, {{"A", "The A", quantity, Money{100}}});
}

// A kind of stock with its commands, and how much of it an order for 3 units at 100 needs.
struct StockCase {
  StockKind kind;
  std::string id;
  std::string name;  // of the commands: "item.reserve"
  std::size_t step, confirm_step;
  std::int64_t wanted;
  std::string_view saga;
};
const std::vector<StockCase> lines = {
    {StockKind::product, "A", "inventory", 2, 3, 3, checkout_saga},
    {StockKind::balance, "buyer", "balance", 1, 5, 300, item_purchase_saga},
    {StockKind::slots, "buyer", "slots", 2, 6, 3, item_purchase_saga},
    {StockKind::item, "A", "item", 3, 7, 3, item_purchase_saga},
};

// One flow and its stock, to which commands are applied.
struct Scene {
  explicit Scene(const StockCase& of, std::int64_t available) : line(of) {
    flow = flow_of(line.saga, {{"A", "The A", 3, Money{100}}});
    room.add(line.kind, line.id, available);
  }
  StepResult give(std::string_view command, std::size_t step, Direction direction, int execution = 1) {
    const StepCall call{saga_of(flow.order.id), step, direction, execution, 1, false};
    Moment now = stock_moment;
    now.entropy += ++commands;
    auto performed = perform(command, flow, room.stocks, call, Policy{}, now);
    EXPECT_TRUE(performed.ok()) << performed.error().message;
    return performed.ok() ? std::move(*performed) : StepResult{};
  }
  StepResult reserve(int execution = 1) {
    return give(line.name + ".reserve", line.step, Direction::action, execution);
  }
  StepResult release(int execution = 1) {
    return give(line.name + ".release", line.step, Direction::compensation, execution);
  }
  StepResult confirm(int execution = 1) {
    const bool completes = line.kind == StockKind::product;
    return give(completes ? "order.complete" : line.name + ".confirm", line.confirm_step, Direction::action, execution);
  }
  std::string stock() { return room.at(line.kind, line.id); }
  static std::string sums(std::int64_t available, std::int64_t reserved, std::int64_t sold) {
    return std::to_string(available) + "/" + std::to_string(reserved) + "/" + std::to_string(sold);
  }

  StockCase line;
  std::uint64_t commands = 0;
  Flow flow;
  StockRoom room;
};

class PerformStock : public ::testing::TestWithParam<StockCase> {};

TEST_P(PerformStock, AnOrderReservesWhatItNeedsOnce) {
  Scene scene(GetParam(), 1000);
  const StepResult first = scene.reserve();
  EXPECT_EQ(first.outcome, Outcome{Succeeded{}});
  EXPECT_EQ(first.events.size(), 1u);
  EXPECT_EQ(scene.stock(), scene.sums(1000 - scene.line.wanted, scene.line.wanted, 0));
  const StepResult again = scene.reserve();
  EXPECT_EQ(again.outcome, Outcome{Succeeded{}});
  EXPECT_THAT(again.events, IsEmpty());
  EXPECT_EQ(scene.stock(), scene.sums(1000 - scene.line.wanted, scene.line.wanted, 0));
  EXPECT_EQ(scene.flow.reservations.size(), 1u);
}

TEST_P(PerformStock, ARefusalIsRepeated) {
  Scene scene(GetParam(), GetParam().wanted - 1);
  const StepResult first = scene.reserve();
  ASSERT_TRUE(std::holds_alternative<Refused>(*first.outcome));
  scene.room.stocks.change({scene.line.kind, scene.line.id})->available = 1000;
  scene.room.stocks.change({scene.line.kind, scene.line.id})->total = 1000;
  EXPECT_EQ(scene.reserve().outcome, first.outcome);
  EXPECT_EQ(scene.stock(), "1000/0/0");
  EXPECT_EQ(scene.reserve(2).outcome, Outcome{Succeeded{}}) << "another execution is independent";
}

TEST_P(PerformStock, WhatWasReservedIsReleasedOnce) {
  Scene scene(GetParam(), 1000);
  scene.reserve();
  const StepResult first = scene.release();
  EXPECT_EQ(first.outcome, Outcome{Succeeded{}});
  EXPECT_EQ(first.events.size(), 1u);
  const StepResult again = scene.release();
  EXPECT_EQ(again.outcome, Outcome{Succeeded{}});
  EXPECT_THAT(again.events, IsEmpty());
  EXPECT_EQ(scene.stock(), "1000/0/0");
}

TEST_P(PerformStock, ACompensationWithoutItsActionDoesNothingAndBlocksTheLateAction) {
  Scene scene(GetParam(), 1000);
  EXPECT_EQ(scene.release().outcome, Outcome{Succeeded{}});
  const StepResult late = scene.reserve();
  EXPECT_TRUE(std::holds_alternative<Refused>(*late.outcome));
  EXPECT_THAT(late.events, IsEmpty());
  EXPECT_THAT(scene.flow.reservations, IsEmpty());
  EXPECT_EQ(scene.stock(), "1000/0/0");
}

TEST_P(PerformStock, ARefusedReservationHasNothingToRelease) {
  Scene scene(GetParam(), 0);
  scene.reserve();
  const StepResult released = scene.release();
  EXPECT_EQ(released.outcome, Outcome{Succeeded{}});
  EXPECT_THAT(released.events, IsEmpty());
  EXPECT_EQ(scene.stock(), "0/0/0");
}

TEST_P(PerformStock, ConfirmingSellsOnceAndReleasingReturnsTheSoldUnits) {
  Scene scene(GetParam(), 1000);
  scene.reserve();
  EXPECT_EQ(scene.confirm().outcome, Outcome{Succeeded{}});
  EXPECT_EQ(scene.stock(), scene.sums(1000 - scene.line.wanted, 0, scene.line.wanted));
  EXPECT_THAT(scene.confirm().events, IsEmpty());
  EXPECT_EQ(scene.stock(), scene.sums(1000 - scene.line.wanted, 0, scene.line.wanted));
  scene.release();
  EXPECT_EQ(scene.stock(), "1000/0/0");
}

TEST_P(PerformStock, WithoutAReservationNothingIsSold) {
  Scene scene(GetParam(), 1000);
  EXPECT_TRUE(std::holds_alternative<Refused>(*scene.confirm().outcome));
  EXPECT_EQ(scene.stock(), "1000/0/0");
  EXPECT_EQ(scene.flow.order.status, OrderStatus::pending);
}

TEST_P(PerformStock, AnExpiredReservationIsSoldWhenThereIsEnoughAgain) {
  Scene scene(GetParam(), GetParam().wanted);
  scene.reserve();
  Moment later = stock_moment;
  later.now = scene.flow.reservations[0].expires_at;
  scene.flow.reservations[0] =
      expire(scene.room.stocks, scene.flow.reservations[0], scene.flow.order.id, later).reservation;
  Stock& stock = *scene.room.stocks.change({scene.line.kind, scene.line.id});
  stock.available -= 1;
  stock.sold += 1;  // to another order
  const StepResult lacking = scene.confirm();
  EXPECT_TRUE(std::holds_alternative<Unavailable>(*lacking.outcome)) << "it may be in stock again later";
  EXPECT_EQ(scene.flow.order.status, OrderStatus::pending);
  stock.available += 1;
  stock.sold -= 1;
  EXPECT_EQ(scene.confirm().outcome, Outcome{Succeeded{}});
  EXPECT_EQ(scene.stock(), scene.sums(0, 0, scene.line.wanted));
}

TEST_P(PerformStock, ANewExecutionReservesAgainAndThatReservationIsConfirmed) {
  Scene scene(GetParam(), 1000);
  scene.reserve();
  scene.release();
  EXPECT_EQ(scene.reserve(2).outcome, Outcome{Succeeded{}});
  EXPECT_EQ(scene.flow.reservations.size(), 2u);
  EXPECT_NE(scene.flow.reservations[0].id, scene.flow.reservations[1].id);
  EXPECT_EQ(scene.confirm().outcome, Outcome{Succeeded{}});
  EXPECT_EQ(scene.flow.reservations[0].status, ReservationStatus::released);
  EXPECT_EQ(scene.flow.reservations[1].status, ReservationStatus::confirmed);
  EXPECT_EQ(scene.stock(), scene.sums(1000 - scene.line.wanted, 0, scene.line.wanted));
}

INSTANTIATE_TEST_SUITE_P(Kinds, PerformStock, ::testing::ValuesIn(lines),
                         [](const auto& test) { return test.param.name; });

TEST(PerformComplete, SellsTheStockAndPaysTheOrderOrNeither) {
  Scene sold(lines[0], 10);
  sold.reserve();
  const StepResult both = sold.confirm();
  EXPECT_EQ(both.events.size(), 3u) << "the stock's, and the order's two";
  EXPECT_EQ(sold.flow.order.status, OrderStatus::paid);

  Scene cancelled(lines[0], 10);
  cancelled.reserve();
  cancelled.flow.order.status = OrderStatus::cancelled;
  const StepResult neither = cancelled.confirm();
  EXPECT_TRUE(std::holds_alternative<Refused>(*neither.outcome));
  EXPECT_THAT(neither.events, IsEmpty());
  EXPECT_EQ(cancelled.stock(), "7/3/0");
}

TEST(PerformNotify, NotifiesTheBuyerOnce) {
  Flow flow = checkout_of(1);
  StockOverlay none;
  const StepCall call{saga_of(flow.order.id), 9, Direction::action, 1, 1, false};
  const auto first = perform("order.notify", flow, none, call, Policy{}, stock_moment);
  ASSERT_EQ(first->events.size(), 1u);
  EXPECT_EQ(first->events[0].type, EventType::notification_sent);
  EXPECT_THAT(perform("order.notify", flow, none, call, Policy{}, stock_moment)->events, IsEmpty());
}

TEST(PerformCharge, WaitsForTheShopOnlyInACheckoutAndOnlyWhenTheShopConfirms) {
  struct Row {
    std::string_view saga;
    bool shop_confirms;
    std::string provider_key;
    bool waits;
  };
  for (const Row& row : {Row{checkout_saga, true, "", true}, Row{checkout_choreography_saga, true, "", true},
                         Row{checkout_saga, false, "", false}, Row{checkout_saga, true, "toss-1", false},
                         Row{item_purchase_saga, true, "", false}, Row{order_processing_saga, true, "", false}}) {
    Flow flow = flow_of(row.saga, {{"A", "The A", 1, Money{100}}});
    StockOverlay none;
    Policy policy;
    policy.shop_confirms = row.shop_confirms;
    const StepCall call{saga_of(flow.order.id), 1, Direction::action, 1, 1, false};
    if (!row.provider_key.empty()) {
      ASSERT_TRUE(perform("payment.charge", flow, none, call, policy, stock_moment).ok());
      flow.payments[0].provider_key = row.provider_key;
    }
    const auto performed = perform("payment.charge", flow, none, call, policy, stock_moment);
    ASSERT_TRUE(performed.ok());
    EXPECT_EQ(flow.payments.size(), 1u) << "the payment is there, for the shop to confirm";
    EXPECT_THAT(flow.barriers, IsEmpty());
    if (row.waits) {
      EXPECT_TRUE(performed->outcome && std::holds_alternative<Awaited>(*performed->outcome)) << row.saga;
      EXPECT_FALSE(performed->gateway_call);
    } else {
      EXPECT_FALSE(performed->outcome) << row.saga;
      EXPECT_EQ(performed->gateway_call->provider_key, row.provider_key);
      EXPECT_EQ(performed->gateway_call->saga_type, row.saga);
    }
  }
}

TEST(StocksOf, AreThoseThatTheSagasStepsUse) {
  const std::vector<OrderItem> items = {{"B", "", 1, Money{1}}, {"A", "", 2, Money{1}}};
  const auto stocks = [](std::string_view saga, std::vector<OrderItem> of) {
    return stocks_of(saga, flow_of(saga, std::move(of)).order);
  };
  EXPECT_THAT(stocks(order_processing_saga, items), IsEmpty());
  for (const std::string_view saga : {checkout_saga, checkout_choreography_saga})
    EXPECT_THAT(stocks(saga, items),
                UnorderedElementsAre(StockKey{StockKind::product, "B"}, StockKey{StockKind::product, "A"}));
  EXPECT_THAT(stocks(item_purchase_saga, {{"A", "", 2, Money{1}}}),
              UnorderedElementsAre(StockKey{StockKind::item, "A"}, StockKey{StockKind::balance, "buyer"},
                                   StockKey{StockKind::slots, "buyer"}));
  EXPECT_THAT(stocks_of("no such saga", Order{}), IsEmpty());
}

}  // namespace
}  // namespace sagactl
