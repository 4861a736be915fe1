#include "analysis/stock/stock_chain.hpp"

namespace sagactl {

StockLevel StockChange::before() const {
  StockLevel level = after;
  --level.version;
  switch (way) {
    case Way::set:
      break;
    case Way::reserved:
      level.available += quantity;
      level.reserved -= quantity;
      break;
    case Way::sold:
      level.reserved += quantity;
      level.sold -= quantity;
      break;
    case Way::sold_anew:
      level.available += quantity;
      level.sold -= quantity;
      break;
    case Way::given_back:
      level.available -= quantity;
      level.reserved += quantity;
      break;
    case Way::returned:
      level.available -= quantity;
      level.sold += quantity;
      break;
  }
  return level;
}

bool StockChange::may_follow(const StockChange& earlier) const {
  const StockLevel level = before();
  if (way == Way::set) return level.reserved == earlier.after.reserved && level.sold == earlier.after.sold;
  return level.same_heaps(earlier.after);
}

Json StockChange::row(const StockKey& key) const {
  Json row{{"table", "event_store"}, {"kind", to_string(key.kind)}, {"stock", key.id}};
  if (way != Way::set) {
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

std::optional<StockChain::Misfit> StockChain::take(const StockChange& change) {
  const int version = change.after.version;
  auto next = runs_.upper_bound(version);
  auto run = runs_.end();
  if (next != runs_.begin()) {
    run = std::prev(next);
    const Run& before = run->second;
    if (before.last.after.version >= version) {
      Misfit twice{.earlier = std::nullopt, .later = change, .twice = true};
      if (before.first.after.version == version)
        twice.earlier = before.first;
      else if (before.last.after.version == version)
        twice.earlier = before.last;
      return twice;
    }
    if (before.last.after.version + 1 != version) run = runs_.end();
  }

  std::optional<Misfit> misfit;
  if (run == runs_.end()) {
    run = runs_.emplace(version, Run{change, change}).first;
  } else {
    if (!change.may_follow(run->second.last)) misfit = Misfit{run->second.last, change};
    run->second.last = change;
  }
  if (next != runs_.end() && next->first == version + 1) {
    if (!misfit && !next->second.first.may_follow(change)) misfit = Misfit{change, next->second.first};
    run->second.last = next->second.last;
    runs_.erase(next);
  }
  return misfit;
}

std::optional<StockChain::Misfit> StockChain::gap() const {
  if (runs_.size() < 2) return std::nullopt;
  const auto first = runs_.begin();
  return Misfit{first->second.last, std::next(first)->second.first};
}

}  // namespace sagactl
