// Stock: something countable that many orders draw from. An order reserves of it, and then confirms (it is sold) or
// releases. Whatever happens, total = available + reserved + sold, and none of them is below zero. (The idea: O'Neil,
// "The Escrow Transactional Method", ACM TODS 1986.)
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/money.hpp"
#include "common/result.hpp"
#include "server/saga/decide.hpp"

namespace sagactl {

enum class StockKind : std::uint8_t {
  product,  // units of a product in the checkout
  item,     // units of an item that users purchase
  balance,  // a user's money, in cents
  slots,    // a user's inventory slots: one for each unit purchased
};

template <>
struct Spelling<StockKind> {
  static constexpr std::string_view names[] = {"product", "item", "balance", "slots"};
};

struct StockKey {
  StockKind kind = StockKind::product;
  std::string id;  // the product's, item's or user's

  friend auto operator<=>(const StockKey&, const StockKey&) = default;
};

struct Stock {
  StockKey key;
  std::string name;  // of the product, item or user
  Money price;       // of one unit, where it has one
  std::int64_t total = 0, available = 0, reserved = 0, sold = 0;
  NodeName node;     // that wrote it last
  int version = 0;   // the number of its changes
  Timestamp created_at;
  Timestamp updated_at;

  friend bool operator==(const Stock&, const Stock&) = default;
};

inline bool balances(const Stock& stock) {
  return stock.total == stock.available + stock.reserved + stock.sold && stock.available >= 0 &&
         stock.reserved >= 0 && stock.sold >= 0;
}

// The id under which the stock's own events stand: made from its key.
Uuid aggregate_of(const StockKey& key);

// The stocks that a decision works on: those of `below` with the changes made here.
class StockOverlay {
 public:
  explicit StockOverlay(const StockOverlay* below = nullptr) : below_(below) {}

  const Stock* find(const StockKey& key) const;  // or null
  Stock* change(const StockKey& key);            // a copy in this book, or null when there is none
  Stock& put(Stock stock);
  const std::map<StockKey, Stock>& here() const { return stocks_; }

 private:
  const StockOverlay* below_;
  std::map<StockKey, Stock> stocks_;
};

// What an operator wants a stock to be.
struct StockSetting {
  StockKey key;
  std::string name;                         // empty: as it is
  std::optional<Money> price;               // none: as it is
  std::optional<std::int64_t> available;    // units that can be reserved from now on; none: as it is
  bool only_if_absent = false;              // a stock that is there stays as it is
};

// The greatest number of units of one stock.
inline constexpr std::int64_t stock_max = Money::cents_max;

// The event; none when nothing changed. `not_found` for a stock that is not there when the setting says too little
// to make one, `invalid` for a number below 0 or over stock_max.
Result<std::vector<Event>> set_stock(StockOverlay& stocks, const StockSetting& setting, const Moment& moment);

}  // namespace sagactl
