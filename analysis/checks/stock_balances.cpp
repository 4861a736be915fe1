// Of every product, item and user's slots: what is available, reserved and sold is the total, now and after
// every change; and orders have got what they were promised.
#include <fmt/format.h>

#include <algorithm>

#include "analysis/checks/database_checks.hpp"
#include "analysis/stock/stock_ledger.hpp"
#include "analysis/stock/stock_promise.hpp"
#include "analysis/report/wording.hpp"

namespace sagactl {
namespace {

class StockBalances final : public Check {
  static constexpr std::string_view name = "stock-balances";

 public:
  void see_stock_events(const std::vector<StockSetFacts>& events) override {
    ledger_.see_stock_events(events);
  }

  void see(const FlowFacts& facts) override {
    ledger_.see(facts);
    for (const StockKind kind : {StockKind::product, StockKind::item, StockKind::slots})
      if (auto broken = broken_promise(facts, kind)) violations_.add(std::move(*broken));
  }

  Verdict finish(const ClusterSnapshot& snapshot) override {
    ledger_.finish(snapshot);
    if (ledger_.empty() && violations_.first()) return does_not_apply(name, "the saga keeps no stock");
    std::string held = fmt::format("available + reserved + sold is the total of {}, {} and the slots of {}",
                                   counted(ledger_.stocks(StockKind::product), "product"),
                                   counted(ledger_.stocks(StockKind::item), "item"),
                                   counted(ledger_.stocks(StockKind::slots), "user"));
    if (!snapshot.whole)
      held += "; their history is outside of the time that was asked for";
    else if (!snapshot.from_the_start)
      held += "; changes of theirs were deleted";
    else
      held += fmt::format(", after each of {}", counted(ledger_.changes(), "change"));
    return violations_.verdict(name, held);
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
