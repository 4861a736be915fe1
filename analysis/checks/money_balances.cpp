// What was captured and not given back is what the completed orders are worth, to the cent, in each system;
// and users' balances are what their purchases have left of them.
#include <fmt/format.h>

#include <map>

#include "analysis/checks/database_checks.hpp"
#include "analysis/stock/stock_ledger.hpp"
#include "analysis/stock/stock_promise.hpp"
#include "analysis/report/wording.hpp"

namespace sagactl {
namespace {

class MoneyBalances final : public Check {
  static constexpr std::string_view name = "money-balances";

 public:
  void see_stock_events(const std::vector<StockSetFacts>& events) override {
    balances_.see_stock_events(events);
  }

  void see(const FlowFacts& facts) override {
    balances_.see(facts);
    if (auto broken = broken_promise(facts, StockKind::balance)) violations_.add(std::move(*broken));
    for (const Payment& payment : facts.flow.payments) compare_with_events(facts, payment);
    const std::optional<Saga>& saga = facts.flow.saga;
    if (!facts.has_order || !saga || !is_terminal(saga->status)) return;
    if (saga->requires_manual_intervention) {
      ++set_aside_;
      return;
    }
    compare_with_order(facts);
  }

  Verdict finish(const ClusterSnapshot& snapshot) override {
    balances_.finish(snapshot);
    Sums all;
    std::string by_system;
    for (const auto& [system, sums] : sums_) {
      all += sums;
      by_system += fmt::format("{}{} {}", by_system.empty() ? "" : ", ", system, sums.value.text());
    }
    std::string held =
        fmt::format("captured {} - refunded {} = {} of {}", all.captured.text(), all.refunded.text(),
                    all.value.text(), counted(all.completed, "completed order"));
    if (sums_.size() > 1) held += fmt::format(" ({})", by_system);
    if (!balances_.empty())
      held += fmt::format("; what {} spent and hold is what they bought and reserved",
                          counted(balances_.stocks(StockKind::balance), "user"));
    if (set_aside_ > 0)
      held += fmt::format("; {} for a person to settle not included", counted(set_aside_, "order"));
    return violations_.verdict(name, held);
  }

 private:
  void compare_with_events(const FlowFacts& facts, const Payment& payment) {
    const AggregateFacts* history = facts.find(AggregateType::payment, payment.id.uuid);
    if (!history) return;
    for (const EventFacts* event : history->events) {
      if (!event->amount || *event->amount == payment.amount) continue;
      violations_.add({.what = fmt::format("payment {} is of {}, its event says {}", payment.id.text(),
                                           payment.amount.text(), event->amount->text()),
                       .rule = "a payment and its events are of one amount",
                       .rows = Json::array({row_of(payment), row_of(*event->event)})});
    }
  }

  void compare_with_order(const FlowFacts& facts) {
    const Order& order = facts.flow.order;
    Money captured, refunded;
    for (const Payment& payment : facts.flow.payments) {
      const bool given_back = payment.status == PaymentStatus::refunded;
      if (payment.status != PaymentStatus::completed && !given_back) continue;
      captured = captured + payment.amount;
      if (given_back) refunded = refunded + payment.amount;
    }
    const Money value = is_completed(order.status) ? order.total : Money{};
    Sums& sums = sums_[facts.flow.saga->type];
    sums.captured = sums.captured + captured;
    sums.refunded = sums.refunded + refunded;
    sums.value = sums.value + value;
    sums.completed += is_completed(order.status);
    if (captured - refunded == value) return;
    Json rows = Json::array({row_of(order)});
    for (const Payment& payment : facts.flow.payments)
      if (payment.status == PaymentStatus::completed || payment.status == PaymentStatus::refunded)
        rows.push_back(row_of(payment));
    violations_.add(
        {.what = fmt::format("order {} is {} and worth {}, but {} is kept for it", order.id.text(),
                             to_string(order.status), value.text(), (captured - refunded).text()),
         .rule = "captures minus refunds are the order's total when it is completed, and nothing when not",
         .rows = rows});
  }

  struct Sums {
    Money captured, refunded, value;
    std::uint64_t completed = 0;

    Sums& operator+=(const Sums& other) {
      captured = captured + other.captured;
      refunded = refunded + other.refunded;
      value = value + other.value;
      completed += other.completed;
      return *this;
    }
  };

  std::map<std::string, Sums> sums_;  // by system
  std::uint64_t set_aside_ = 0;
  Violations violations_;
  StockLedger balances_{{StockKind::balance}, violations_};
};

}  // namespace

std::unique_ptr<Check> money_balances() {
  return std::make_unique<MoneyBalances>();
}

}  // namespace sagactl
