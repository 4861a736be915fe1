#include "server/participants/order.hpp"

#include <gtest/gtest.h>

namespace sagactl {
namespace {

const Moment moment{Timestamp{5'000'000}, "node-2", 1, 1};

CreateOrder example() {
  CreateOrder create;
  create.id = OrderId{new_uuid()};
  create.user = UserId{new_uuid()};
  create.items = {{"B", "Mouse", 3, Money{20}}, {"A", "Laptop", 1, Money{1010}}};
  create.address = "Seoul";
  create.idempotency_key = "key";
  return create;
}

TEST(Order, IsPendingAndAddsUpItsItemsExactly) {
  const auto decision = create_order(example(), moment);
  ASSERT_TRUE(decision.ok());
  EXPECT_EQ(decision->order.status, OrderStatus::pending);
  EXPECT_EQ(decision->order.total, Money{1070});
  EXPECT_EQ(decision->order.node, "node-2");
  ASSERT_EQ(decision->events.size(), 1u);
  EXPECT_EQ(decision->events[0].version, 1);
  EXPECT_EQ(Json::parse(decision->events[0].data)["totalAmount"].dump(), "10.7");
}

TEST(Order, RefusesNoItemsAndATotalOverTheLimit) {
  CreateOrder none = example();
  none.items.clear();
  EXPECT_EQ(create_order(none, moment).error().code, ErrorCode::invalid);
  CreateOrder much = example();
  much.items = {{"A", "a", 1, Money{Money::cents_max}}, {"B", "b", 1, Money{1}}};
  EXPECT_EQ(create_order(much, moment).error().code, ErrorCode::invalid);
}

TEST(Order, ChangesStatusOnlyAsTheTableSays) {
  enum class Then { stays, changes, conflict };
  struct Row {
    OrderStatus from;
    Then confirm, cancel, reopen;
  };
  using enum OrderStatus;
  const std::vector<Row> table = {
      {pending, Then::changes, Then::changes, Then::stays},
      {processing, Then::changes, Then::changes, Then::conflict},
      {paid, Then::stays, Then::changes, Then::conflict},
      {shipped, Then::conflict, Then::changes, Then::conflict},
      {delivered, Then::conflict, Then::conflict, Then::conflict},
      {cancelled, Then::conflict, Then::stays, Then::changes},
      {failed, Then::conflict, Then::changes, Then::changes},
  };
  ASSERT_EQ(table.size(), std::size(Spelling<OrderStatus>::names));
  for (const Row& row : table) {
    const std::vector<std::tuple<OrderCommand, Then, OrderStatus>> columns = {
        {ConfirmOrder{"pay-1"}, row.confirm, paid},
        {CancelOrder{"why"}, row.cancel, cancelled},
        {ReopenOrder{}, row.reopen, pending}};
    for (const auto& [command, then, to] : columns) {
      SCOPED_TRACE(std::string(to_string(row.from)) + " / command " + std::to_string(command.index()));
      Order order = create_order(example(), moment)->order;
      order.status = row.from;
      const int version = order.version;
      const auto decision = decide(order, command, moment);
      ASSERT_EQ(decision.ok(), then != Then::conflict);
      if (!decision) {
        EXPECT_EQ(decision.error().code, ErrorCode::conflict);
        continue;
      }
      EXPECT_EQ(decision->order.status, then == Then::changes ? to : row.from);
      EXPECT_EQ(decision->events.empty(), then == Then::stays);
      EXPECT_EQ(decision->order.version, version + static_cast<int>(decision->events.size()));
    }
  }
}

TEST(Order, TheBuyerIsNotifiedWithoutAChangeOfStatus) {
  Order order = create_order(example(), moment)->order;
  order.status = OrderStatus::paid;
  const auto notified = decide(order, NotifyBuyer{}, moment);
  ASSERT_TRUE(notified.ok());
  EXPECT_EQ(notified->order.status, OrderStatus::paid);
  ASSERT_EQ(notified->events.size(), 1u);
  EXPECT_EQ(notified->events[0].type, EventType::notification_sent);
  EXPECT_EQ(notified->order.version, order.version + 1);
}

TEST(Order, IncludesItsCustomerIfAny) {
  CreateOrder create = example();
  EXPECT_EQ(create_order(create, moment)->events[0].data.find("customerId"), std::string::npos);
  create.customer = "guest-7";
  const auto decision = create_order(create, moment);
  EXPECT_EQ(decision->order.customer, "guest-7");
  EXPECT_EQ(Json::parse(decision->events[0].data)["customerId"], "guest-7");
}

TEST(Order, ItemsAreReadBackFromJson) {
  const auto items = example().items;
  EXPECT_EQ(*items_from_json(to_json(items)), items);
  for (const char* broken : {"{}", "[1]", "[{}]", R"([{"productId":1,"productName":"a","quantity":1,"price":1}])"})
    EXPECT_FALSE(items_from_json(Json::parse(broken)).ok()) << broken;
}

// Recorded from the reference system for the single product GOLD_cd2d91_A.
TEST(Order, DefaultKeyIsAsRecordedAndIndependentOfTheOrderOfItems) {
  EXPECT_EQ(default_idempotency_key({{"GOLD_cd2d91_A", "", 2, Money{}}}),
            "b386d054892808d24995b6a40e0f364ca0e3505cffd8382e9af5059689bdb373");
  auto items = example().items;
  const std::string key = default_idempotency_key(items);
  std::swap(items[0], items[1]);
  EXPECT_EQ(default_idempotency_key(items), key);
}

}  // namespace
}  // namespace sagactl
