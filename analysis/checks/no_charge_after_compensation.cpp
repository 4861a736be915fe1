// Verdict no-charge-after-compensation: a saga that compensates makes no further charges; the outcome of a charge in
// doubt is queried instead. A payment keeps the time its last charge started, since answers may arrive at any time.
#include <fmt/format.h>

#include "analysis/checks/database_checks.hpp"
#include "analysis/readable.hpp"
#include "analysis/violations.hpp"

namespace sagactl {
namespace {

class NoChargeAfterCompensation final : public Check {
  static constexpr std::string_view name = "no-charge-after-compensation";

 public:
  void on_flow(const FlowFacts& facts) override {
    payments_ += facts.flow.payments.size();
    const AggregateFacts* history = facts.saga_events();
    if (!history) return;
    for (const EventFacts* event : history->events) {
      if (event->event->type != EventType::saga_compensating) continue;
      ++compensations_;
      for (const Payment& payment : facts.flow.payments) {
        const bool is_of_this_execution = payment.created_at < event->event->occurred_at;
        if (!is_of_this_execution || payment.charge_began_at <= event->event->occurred_at) continue;
        add(facts, payment, *event->event);
        return;
      }
    }
  }

  Verdict finish(const ClusterSnapshot&) override {
    if (payments_ == 0) return does_not_apply(name, "there are no payments");
    return violations_.verdict(
        name, fmt::format("no charge was started after any of {}", count_of(compensations_, "compensation")));
  }

 private:
  void add(const FlowFacts& facts, const Payment& payment, const Event& compensating) {
    violations_.add(
        {.what = fmt::format("payment {} of order {} was charged at {}, after its saga had started to compensate at {}",
                             payment.id.text(), facts.flow.order.id.text(), iso8601_us(payment.charge_began_at),
                             iso8601_us(compensating.occurred_at)),
         .rule = "a saga that compensates makes no further charges",
         .rows = Json::array({row_of(payment), row_of(compensating)})});
  }

  std::uint64_t payments_ = 0, compensations_ = 0;
  Violations violations_;
};

}  // namespace

std::unique_ptr<Check> no_charge_after_compensation() {
  return std::make_unique<NoChargeAfterCompensation>();
}

}  // namespace sagactl
