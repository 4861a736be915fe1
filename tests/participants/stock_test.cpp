#include "server/participants/stock.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/participants/stock_room.hpp"

namespace sagactl {
namespace {

const StockKey key{StockKind::product, "A"};

StockSetting setting(std::optional<std::int64_t> available, std::optional<Money> price = {}, std::string name = {}) {
  StockSetting it;
  it.key = key;
  it.name = std::move(name);
  it.price = price;
  it.available = available;
  return it;
}

TEST(SetStock, CreatesAMissingStock) {
  StockRoom room;
  const auto events = set_stock(room.stocks, setting(7, Money{1050}, "Mouse"), stock_moment);
  ASSERT_TRUE(events.ok());
  const Stock& stock = *room.stocks.find(key);
  EXPECT_EQ(room.at("A"), "7/0/0");
  EXPECT_EQ(stock.name, "Mouse");
  EXPECT_EQ(stock.price, Money{1050});
  EXPECT_EQ(stock.node, "node-2");
  EXPECT_EQ(stock.version, 1);
  EXPECT_EQ(stock.created_at, stock_moment.now);
  ASSERT_EQ(events->size(), 1u);
  const Event& event = events->front();
  EXPECT_EQ(event.type, EventType::stock_set);
  EXPECT_EQ(event.aggregate_type, AggregateType::stock);
  EXPECT_EQ(event.aggregate, aggregate_of(key));
  EXPECT_EQ(event.version, 1);
  EXPECT_TRUE(event.order.uuid.is_nil()) << "it belongs to no order";
  EXPECT_EQ(event.data, R"({"kind":"product","id":"A","name":"Mouse","price":10.5,"total":7,"available":7,)"
                        R"("reserved":0,"sold":0,"stockVersion":1})");
}

TEST(SetStock, ChangesOnlyWhatItNames) {
  struct Row {
    const char* what;
    StockSetting setting;
    const char* then;
    Money price;
    std::string name;
    int version;
  };
  const std::vector<Row> rows = {
      {"more of it", setting(10), "10/2/3", Money{100}, "The A", 2},
      {"less of it", setting(0), "0/2/3", Money{100}, "The A", 2},
      {"another price", setting({}, Money{5}), "4/2/3", Money{5}, "The A", 2},
      {"another name", setting({}, {}, "B"), "4/2/3", Money{100}, "B", 2},
      {"the same", setting(4, Money{100}, "The A"), "4/2/3", Money{100}, "The A", 1},
      {"nothing", setting({}), "4/2/3", Money{100}, "The A", 1},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.what);
    StockRoom room;
    Stock& stock = room.add(StockKind::product, "A", 4);
    stock.reserved = 2;
    stock.sold = 3;
    stock.total = 9;
    const auto events = set_stock(room.stocks, row.setting, stock_moment);
    ASSERT_TRUE(events.ok());
    EXPECT_EQ(room.at("A"), row.then) << "reserved and sold units are unchanged";
    EXPECT_EQ(room.stocks.find(key)->price, row.price);
    EXPECT_EQ(room.stocks.find(key)->name, row.name);
    EXPECT_EQ(room.stocks.find(key)->version, row.version);
    EXPECT_EQ(events->size(), row.version == 2 ? 1u : 0u);
  }
}

TEST(SetStock, OnlyIfAbsentLeavesAnExistingStockUnchanged) {
  StockRoom room;
  room.add(StockKind::product, "A", 4);
  StockSetting only = setting(100);
  only.only_if_absent = true;
  EXPECT_TRUE(set_stock(room.stocks, only, stock_moment)->empty());
  EXPECT_EQ(room.at("A"), "4/0/0");
  only.key.id = "B";
  EXPECT_EQ(set_stock(room.stocks, only, stock_moment)->size(), 1u);
  EXPECT_EQ(room.at("B"), "100/0/0");
}

TEST(SetStock, RefusesMissingAndOutOfRangeQuantities) {
  struct Row {
    bool there;
    StockSetting setting;
    ErrorCode code;
  };
  for (const Row& row :
       {Row{false, setting({}, Money{1}, "x"), ErrorCode::not_found}, Row{true, setting(-1), ErrorCode::invalid},
        Row{false, setting(-1), ErrorCode::invalid}, Row{true, setting(stock_max + 1), ErrorCode::invalid}}) {
    StockRoom room;
    if (row.there) room.add(StockKind::product, "A", 4);
    const auto events = set_stock(room.stocks, row.setting, stock_moment);
    ASSERT_FALSE(events.ok());
    EXPECT_EQ(events.error().code, row.code);
    EXPECT_EQ(room.at("A"), row.there ? "4/0/0" : "none");
  }
  StockRoom room;
  EXPECT_TRUE(set_stock(room.stocks, setting(stock_max), stock_moment).ok());
}

TEST(StockOverlay, ChangesDoNotAffectItsBase) {
  StockRoom base;
  base.add(StockKind::product, "A", 4);
  StockOverlay overlay(&base.stocks);
  EXPECT_EQ(overlay.find(key)->available, 4);
  EXPECT_TRUE(overlay.changes().empty()) << "find() changes nothing";
  overlay.change(key)->available = 3;
  overlay.change(key)->reserved = 1;
  EXPECT_EQ(overlay.find(key)->available, 3);
  EXPECT_EQ(overlay.changes().size(), 1u);
  EXPECT_EQ(base.at("A"), "4/0/0");
  EXPECT_EQ(overlay.change({StockKind::item, "A"}), nullptr) << "another kind is another stock";
}

TEST(Stock, HasOneFixedAggregateForEachKey) {
  EXPECT_EQ(aggregate_of(key), aggregate_of(key));
  EXPECT_EQ(aggregate_of(key).text()[14], '8') << "a custom version";
  std::set<std::string> ids;
  for (const StockKind kind : {StockKind::product, StockKind::item, StockKind::balance, StockKind::slots})
    for (const char* id : {"", "A", "B", "A:B"}) ids.insert(aggregate_of({kind, id}).text());
  EXPECT_EQ(ids.size(), 16u);
}

}  // namespace
}  // namespace sagactl
