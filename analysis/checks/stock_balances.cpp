// Verdict stock-balances: for every product, item and user's slots, available + reserved + sold equals the total, now
// and after every change, and every order has reserved and bought what it needs.
#include <fmt/format.h>

#include <algorithm>

#include "analysis/checks/database_checks.hpp"
#include "analysis/readable.hpp"
#include "analysis/stock/reservation_mismatch.hpp"
#include "analysis/stock/stock_ledger.hpp"

namespace sagactl {
namespace {

class StockBalances final : public Check {
  static constexpr std::string_view name = "stock-balances";

 public:
  void on_stock_events(const std::vector<StockSetFacts>& events) override { ledger_.on_stock_events(events); }

  void on_flow(const FlowFacts& facts) override {
    ledger_.on_flow(facts);
    for (const StockKind kind : {StockKind::product, StockKind::item, StockKind::slots})
      if (auto mismatch = reservation_mismatch(facts, kind)) violations_.add(std::move(*mismatch));
  }

  Verdict finish(const ClusterSnapshot& snapshot) override {
    ledger_.finish(snapshot);
    if (ledger_.empty() && violations_.first()) return does_not_apply(name, "the sagas use no stock");
    std::string summary = fmt::format("available + reserved + sold equals the total of {}, {} and the slots of {}",
                                      count_of(ledger_.stocks(StockKind::product), "product"),
                                      count_of(ledger_.stocks(StockKind::item), "item"),
                                      count_of(ledger_.stocks(StockKind::slots), "user"));
    if (!snapshot.complete)
      summary += "; changes outside the requested time were not checked";
    else if (!snapshot.has_all_events)
      summary += "; some of their changes were deleted";
    else
      summary += fmt::format(", after each of {}", count_of(ledger_.changes(), "change"));
    return violations_.verdict(name, summary);
  }

 private:
  Violations violations_;
  StockLedger ledger_{{StockKind::product, StockKind::item, StockKind::slots}, violations_};
};

}  // namespace

std::unique_ptr<Check> stock_balances() {
  return std::make_unique<StockBalances>();
}

}  // namespace sagactl
