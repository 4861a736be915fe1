// Stock that operators set.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/scripted_node.hpp"

namespace sagactl {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

StockSetting product(const std::string& id, std::optional<std::int64_t> available, bool only_if_absent = false) {
  StockSetting setting;
  setting.key = {StockKind::product, id};
  setting.available = available;
  setting.only_if_absent = only_if_absent;
  return setting;
}

std::vector<Event> stock_events(ScriptedNode& node) {
  const auto snapshot = node.store->snapshot();
  return (*snapshot)->stock_events().value();
}

TEST(SetStockCommand, IsAnsweredWithTheNewStock) {
  ScriptedNode node;
  const auto receipt = node.run(SetStockRequest{admin, {product("A", 5), product("B", 7)}});
  ASSERT_TRUE(receipt.ok());
  ASSERT_THAT(receipt->stocks, SizeIs(2));
  EXPECT_EQ(receipt->stocks[1].available, 7);
  EXPECT_EQ(node.stock("A"), "5/0/0");
  const auto events = stock_events(node);
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(events[0].type, EventType::stock_set);
  EXPECT_EQ(events[0].metadata, Json({{"by", admin.user.text()}}).dump());
}

TEST(SetStockCommand, OnlyIfAbsentTwiceIsOnce) {
  ScriptedNode node;
  const SetStockRequest fill{admin, {product("A", 5, true), product("B", 7, true)}};
  ASSERT_TRUE(node.run(fill).ok());
  ASSERT_TRUE(node.run(SetStockRequest{admin, {product("A", 1)}}).ok());
  const auto again = node.run(fill);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->stocks.at(0).available, 1);
  EXPECT_EQ(node.stock("A"), "1/0/0");
  EXPECT_THAT(stock_events(node), SizeIs(3));
}

TEST(SetStockCommand, SetsAllStocksOrNone) {
  ScriptedNode node;
  const auto refused = node.run(SetStockRequest{admin, {product("A", 5), product("B", {})}});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::not_found);
  EXPECT_EQ(node.run(SetStockRequest{admin, {product("A", 5), product("B", -1)}}).error().code, ErrorCode::invalid);
  EXPECT_EQ(node.stock("A"), "none");
  EXPECT_THAT(stock_events(node), IsEmpty());
}

TEST(SetStockCommand, TheLastSettingOfAKeyCounts) {
  ScriptedNode node;
  ASSERT_TRUE(node.run(SetStockRequest{admin, {product("A", 5), product("A", 6)}}).ok());
  EXPECT_EQ(node.stock("A"), "6/0/0");
  EXPECT_EQ(stock_events(node).at(1).version, 2);
}

TEST(SetStockCommand, OrdersOfTheSameBatchReserveFromIt) {
  ScriptedNode node;
  node.engine->submit(SetStockRequest{admin, {product("A", 1)}}, [](Result<Receipt>) {});
  std::optional<Result<Receipt>> placed;
  node.engine->submit(checkout_for("A", 1), [&](Result<Receipt> receipt) { placed = std::move(receipt); });
  node.settle();
  ASSERT_TRUE(placed && placed->ok());
  node.gateway.answer_charge(Charged{"tx"});
  node.settle();
  EXPECT_EQ(node.stock("A"), "0/0/1");
}

TEST(SetStockCommand, ReservedUnitsStayReserved) {
  ScriptedNode node;
  ASSERT_TRUE(node.set_stock(StockKind::product, "A", 10).ok());
  (void)node.run(checkout_for("A", 4));
  node.gateway.answer_charge(Charged{"tx"});
  node.settle();
  ASSERT_TRUE(node.set_stock(StockKind::product, "A", 0).ok());
  EXPECT_EQ(node.stock("A"), "0/0/4");
}

}  // namespace
}  // namespace sagactl
