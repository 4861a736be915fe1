// Stock: something countable that many orders share. An order reserves units, and then confirms (they are sold) or
// releases them. At every time total = available + reserved + sold, and none of them is negative. (O'Neil, "The Escrow
// Transactional Method", ACM TODS 1986.)
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
  NodeName node;    // the node that wrote it last
  int version = 0;  // the number of its changes
  Timestamp created_at;
  Timestamp updated_at;

  friend bool operator==(const Stock&, const Stock&) = default;
};

inline bool balances(const Stock& stock) {
  return stock.total == stock.available + stock.reserved + stock.sold && stock.available >= 0 && stock.reserved >= 0 &&
         stock.sold >= 0;
}

// The aggregate id of the stock's own events, derived from its key.
Uuid aggregate_of(const StockKey& key);

// The stocks that a decision works on: those of `base`, overlaid with the changes made here.
class StockOverlay {
 public:
  explicit StockOverlay(const StockOverlay* base = nullptr) : base_(base) {}

  const Stock* find(const StockKey& key) const;  // or null
  Stock* change(const StockKey& key);            // a copy in this overlay, or null when there is no such stock
  Stock& put(Stock stock);
  const std::map<StockKey, Stock>& changes() const { return stocks_; }

 private:
  const StockOverlay* base_;
  std::map<StockKey, Stock> stocks_;
};

// What an operator sets of a stock.
struct StockSetting {
  StockKey key;
  std::string name;                       // empty: unchanged
  std::optional<Money> price;             // none: unchanged
  std::optional<std::int64_t> available;  // units that can be reserved from now on; none: unchanged
  bool only_if_absent = false;            // an existing stock stays unchanged
};

// The greatest number of units of one stock.
inline constexpr std::int64_t stock_max = Money::cents_max;

// The event; none when nothing changed. `not_found` for a stock that does not exist when the setting has no quantity to
// create it with; `invalid` for a number below 0 or over stock_max.
Result<std::vector<Event>> set_stock(StockOverlay& stocks, const StockSetting& setting, const Moment& moment);

}  // namespace sagactl
