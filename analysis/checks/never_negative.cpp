// Verdict never-negative: no stock and no balance is below zero, now or after any recorded change.
#include <fmt/format.h>

#include "analysis/checks/database_checks.hpp"
#include "analysis/readable.hpp"
#include "analysis/violations.hpp"

namespace sagactl {
namespace {

class NeverNegative final : public Check {
  static constexpr std::string_view name = "never-negative";
  static constexpr const char* rule = "stock and balances never fall below zero";

 public:
  void on_stock_events(const std::vector<StockSetFacts>& events) override {
    for (const StockSetFacts& set : events)
      if (set.readable) check_level(set.key.kind, set.key.id, set.left, *set.event);
  }

  void on_flow(const FlowFacts& facts) override {
    for (const EventFacts& it : facts.events) {
      if (!it.reservation) continue;
      const auto kind = stock_kind_of(it.event->aggregate_type);
      if (!kind) continue;
      for (const StockMove& move : it.reservation->moves)
        if (move.left) check_level(*kind, move.stock, *move.left, *it.event);
    }
  }

  Verdict finish(const ClusterSnapshot& snapshot) override {
    for (const Stock& stock : snapshot.stocks) {
      if (!level_of(stock).is_negative() && stock.total >= 0) continue;
      violations_.add(
          {.what = fmt::format("{} has {}, with a total of {}", name_of(stock.key),
                               text_of(stock.key.kind, level_of(stock)), amount_of(stock.key.kind, stock.total)),
           .rule = rule,
           .rows = Json::array({row_of(stock)}),
           .nodes = Json::array({stock.node})});
    }
    if (snapshot.stocks.empty() && levels_ == 0) return does_not_apply(name, "the sagas use no stock and no balances");
    return violations_.verdict(
        name, fmt::format("{} at or above zero, now and after {}", count_of(snapshot.stocks.size(), "stock"),
                          count_of(levels_, "change")));
  }

 private:
  void check_level(StockKind kind, const std::string& id, const StockLevel& level, const Event& event) {
    ++levels_;
    if (!level.is_negative()) return;
    Witness witness{.what = fmt::format("{} had {} at {}", name_of({kind, id}), text_of(kind, level),
                                        iso8601_us(event.occurred_at)),
                    .rule = rule};
    if (violations_.first()) {
      Json row = row_of(event);
      row["stock"] = id;
      row["stockVersion"] = level.version;
      if (!event.order.uuid.is_nil()) row["orderId"] = event.order.text();
      witness.rows.push_back(std::move(row));
      witness.nodes.push_back(event.node);
    }
    violations_.add(std::move(witness));
  }

  std::uint64_t levels_ = 0;
  Violations violations_;
};

}  // namespace

std::unique_ptr<Check> never_negative() {
  return std::make_unique<NeverNegative>();
}

}  // namespace sagactl
