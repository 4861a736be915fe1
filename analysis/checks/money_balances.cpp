// What was captured and not given back is what the completed orders are worth, to the cent.
#include <fmt/format.h>

#include "analysis/checks/database_checks.hpp"
#include "analysis/violations.hpp"
#include "analysis/wording.hpp"

namespace sagactl {
namespace {

constexpr std::string_view name = "money-balances";

bool is_completed(OrderStatus status) {
  return status == OrderStatus::paid || status == OrderStatus::shipped || status == OrderStatus::delivered;
}

class MoneyBalances final : public Check {
 public:
  void see(const FlowFacts& facts) override {
    for (const Payment& payment : facts.flow.payments) compare_with_events(facts, payment);
    const std::optional<Saga>& saga = facts.flow.saga;
    if (!facts.has_order || !saga || !is_terminal(saga->status)) return;
    if (saga->requires_manual_intervention) {
      ++set_aside_;
      return;
    }
    compare_with_order(facts);
  }

  Verdict finish(const Surroundings&) override {
    std::string held = fmt::format("captured {} - refunded {} = {} of {}", captured_.text(), refunded_.text(),
                                   value_.text(), counted(completed_, "completed order"));
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
    captured_ = captured_ + captured;
    refunded_ = refunded_ + refunded;
    value_ = value_ + value;
    completed_ += is_completed(order.status);
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

  Money captured_, refunded_, value_;
  std::uint64_t completed_ = 0, set_aside_ = 0;
  Violations violations_;
};

}  // namespace

std::unique_ptr<Check> money_balances() {
  return std::make_unique<MoneyBalances>();
}

}  // namespace sagactl
