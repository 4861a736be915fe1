#include "analysis/stock/stock_chain.hpp"

namespace sagactl {

StockLevel StockChange::before() const {
  StockLevel level = after;
  --level.version;
  switch (movement) {
    case StockMovement::set:
      break;
    case StockMovement::reserved:
      level.available += quantity;
      level.reserved -= quantity;
      break;
    case StockMovement::sold:
      level.reserved += quantity;
      level.sold -= quantity;
      break;
    case StockMovement::sold_after_expiry:
      level.available += quantity;
      level.sold -= quantity;
      break;
    case StockMovement::released:
      level.available -= quantity;
      level.reserved += quantity;
      break;
    case StockMovement::returned:
      level.available -= quantity;
      level.sold += quantity;
      break;
  }
  return level;
}

bool StockChange::may_follow(const StockChange& earlier) const {
  const StockLevel level = before();
  if (movement == StockMovement::set)
    return level.reserved == earlier.after.reserved && level.sold == earlier.after.sold;
  return level.same_quantities(earlier.after);
}

Json StockChange::row(const StockKey& key) const {
  Json row{{"table", "event_store"}, {"kind", to_string(key.kind)}, {"stock", key.id}};
  if (movement != StockMovement::set) {
    row["orderId"] = order.text();
    row["quantity"] = quantity;
  }
  row["stockVersion"] = after.version;
  row["available"] = after.available;
  row["reserved"] = after.reserved;
  row["sold"] = after.sold;
  if (node) row["node"] = *node;
  row["occurredAt"] = iso8601_us(at);
  return row;
}

std::optional<StockMismatch> StockChain::take(const StockChange& change) {
  const int version = change.after.version;
  auto next = ranges_.upper_bound(version);
  auto range = ranges_.end();
  if (next != ranges_.begin()) {
    range = std::prev(next);
    const VersionRange& before = range->second;
    if (before.last.after.version >= version) {
      StockMismatch twice{.earlier = std::nullopt, .later = change, .twice = true};
      if (before.first.after.version == version)
        twice.earlier = before.first;
      else if (before.last.after.version == version)
        twice.earlier = before.last;
      return twice;
    }
    if (before.last.after.version + 1 != version) range = ranges_.end();
  }

  std::optional<StockMismatch> mismatch;
  if (range == ranges_.end()) {
    range = ranges_.emplace(version, VersionRange{change, change}).first;
  } else {
    if (!change.may_follow(range->second.last)) mismatch = StockMismatch{range->second.last, change};
    range->second.last = change;
  }
  if (next != ranges_.end() && next->first == version + 1) {
    if (!mismatch && !next->second.first.may_follow(change)) mismatch = StockMismatch{change, next->second.first};
    range->second.last = next->second.last;
    ranges_.erase(next);
  }
  return mismatch;
}

std::optional<StockMismatch> StockChain::gap() const {
  if (ranges_.size() < 2) return std::nullopt;
  const auto first = ranges_.begin();
  return StockMismatch{first->second.last, std::next(first)->second.first};
}

}  // namespace sagactl
