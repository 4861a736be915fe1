// Verdict money-balances: each order's total is the value of its items, captures minus refunds equal the totals of the
// completed orders, to the cent, in each system, and users' balances agree with their purchases.
#include <fmt/format.h>

#include <map>

#include "analysis/checks/database_checks.hpp"
#include "analysis/readable.hpp"
#include "analysis/stock/reservation_mismatch.hpp"
#include "analysis/stock/stock_ledger.hpp"

namespace sagactl {
namespace {

class MoneyBalances final : public Check {
  static constexpr std::string_view name = "money-balances";

 public:
  void on_stock_events(const std::vector<StockSetFacts>& events) override { balances_.on_stock_events(events); }

  void on_flow(const FlowFacts& facts) override {
    balances_.on_flow(facts);
    orders_ += facts.has_order;
    if (auto mismatch = reservation_mismatch(facts, StockKind::balance)) violations_.add(std::move(*mismatch));
    for (const Payment& payment : facts.flow.payments) compare_with_events(facts, payment);
    if (facts.has_order) {
      compare_with_items(facts.flow.order);
      compare_with_creation(facts);
    }
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
    if (orders_ == 0 && balances_.empty() && violations_.first())
      return does_not_apply(name, "there are no orders and no balances");
    SystemSums all;
    std::string by_system;
    for (const auto& [system, sums] : sums_) {
      all += sums;
      by_system += fmt::format("{}{} {}", by_system.empty() ? "" : ", ", system, sums.value.text());
    }
    std::string summary =
        fmt::format("captured {} - refunded {} = {}, the value of {}", all.captured.text(), all.refunded.text(),
                    all.value.text(), count_of(all.completed, "completed order"));
    if (sums_.size() > 1) summary += fmt::format(" ({})", by_system);
    if (!balances_.empty())
      summary += fmt::format("; the balances of {} agree with what they bought and reserved",
                             count_of(balances_.stocks(StockKind::balance), "user"));
    if (set_aside_ > 0)
      summary += fmt::format("; not counting {} that need manual intervention", count_of(set_aside_, "order"));
    return violations_.verdict(name, summary);
  }

 private:
  void compare_with_items(const Order& order) {
    const auto value = value_of(order.items);
    if (value && *value == order.total) return;
    violations_.add({.what = fmt::format("order {} has a total of {}, but its items are worth {}", order.id.text(),
                                         order.total.text(), value ? value->text() : "more than 10^12"),
                     .rule = "the total of an order is the value of its items",
                     .rows = Json::array({row_of(order)})});
  }

  void compare_with_creation(const FlowFacts& facts) {
    const Order& order = facts.flow.order;
    const EventFacts* created = facts.first(EventType::order_created);
    if (!created || !created->amount || *created->amount == order.total) return;
    violations_.add({.what = fmt::format("order {} has a total of {}, but its event says {}", order.id.text(),
                                         order.total.text(), created->amount->text()),
                     .rule = "an order and its event have the same total",
                     .rows = Json::array({row_of(order), row_of(*created->event)})});
  }

  void compare_with_events(const FlowFacts& facts, const Payment& payment) {
    const AggregateFacts* history = facts.find(AggregateType::payment, payment.id.uuid);
    if (!history) return;
    for (const EventFacts* event : history->events) {
      const bool other_charge = event->transaction && *event->transaction != payment.external_transaction_id;
      const bool other_amount = event->amount && *event->amount != payment.amount;
      if (!other_charge && !other_amount) continue;
      std::string what = other_amount
                             ? fmt::format("payment {} has amount {}, but its event says {}", payment.id.text(),
                                           payment.amount.text(), event->amount->text())
                             : fmt::format("payment {} is of the transaction '{}', but its event of '{}'",
                                           payment.id.text(), payment.external_transaction_id, *event->transaction);
      violations_.add({.what = std::move(what),
                       .rule = "a payment and its events have the same amount and are of the same transaction",
                       .rows = Json::array({row_of(payment), row_of(*event->event)})});
    }
  }

  void compare_with_order(const FlowFacts& facts) {
    const Order& order = facts.flow.order;
    Money captured, refunded;
    for (const Payment& payment : facts.flow.payments) {
      const bool refunded_now = payment.status == PaymentStatus::refunded;
      if (payment.status != PaymentStatus::completed && !refunded_now) continue;
      captured = captured + payment.amount;
      if (refunded_now) refunded = refunded + payment.amount;
    }
    const Money value = is_completed(order.status) ? order.total : Money{};
    SystemSums& sums = sums_[facts.flow.saga->type];
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
        {.what = fmt::format("order {} is {} and worth {}, but captures minus refunds are {}", order.id.text(),
                             to_string(order.status), value.text(), (captured - refunded).text()),
         .rule = "captures minus refunds equal the total of a completed order, and 0.00 otherwise",
         .rows = rows});
  }

  struct SystemSums {
    Money captured, refunded, value;
    std::uint64_t completed = 0;

    SystemSums& operator+=(const SystemSums& other) {
      captured = captured + other.captured;
      refunded = refunded + other.refunded;
      value = value + other.value;
      completed += other.completed;
      return *this;
    }
  };

  std::map<std::string, SystemSums> sums_;  // by system
  std::uint64_t orders_ = 0, set_aside_ = 0;
  Violations violations_;
  StockLedger balances_{{StockKind::balance}, violations_};
};

}  // namespace

std::unique_ptr<Check> money_balances() {
  return std::make_unique<MoneyBalances>();
}

}  // namespace sagactl
