// At most one capture per order stands at any time; refunds are never more than captures; a compensated order
// keeps none.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "analysis/checks/database_checks.hpp"
#include "analysis/violations.hpp"
#include "analysis/report/wording.hpp"

namespace sagactl {
namespace {

bool was_captured(const Payment& payment) {
  return payment.status == PaymentStatus::completed || payment.status == PaymentStatus::refunded;
}

class OneCapturePerOrder final : public Check {
  static constexpr std::string_view name = "one-capture-per-order";

 public:
  void see(const FlowFacts& facts) override {
    captures_ += static_cast<std::uint64_t>(
        std::count_if(facts.flow.payments.begin(), facts.flow.payments.end(), was_captured));
    if (look_at_rows(facts)) look_at_events(facts);
  }

  Verdict finish(const ClusterSnapshot&) override {
    return violations_.verdict(name, fmt::format("each of {} stood alone", counted(captures_, "capture")));
  }

 private:
  void add(const FlowFacts& facts, std::string what, std::string rule, const Event* event = nullptr) {
    Witness witness{.what = std::move(what), .rule = std::move(rule)};
    if (violations_.first()) {
      witness.rows.push_back(row_of(facts.flow.order));
      for (const Payment& payment : facts.flow.payments)
        if (was_captured(payment)) witness.rows.push_back(row_of(payment));
      if (event) witness.rows.push_back(row_of(*event));
    }
    violations_.add(std::move(witness));
  }

  // False when something was wrong: one violation per order is enough.
  bool look_at_rows(const FlowFacts& facts) {
    const Flow& flow = facts.flow;
    int kept = 0, owed = 0;
    for (std::size_t i = 0; i < flow.payments.size(); ++i) {
      const Payment& payment = flow.payments[i];
      if (!was_captured(payment)) continue;
      kept += payment.status == PaymentStatus::completed && !is_refund_due(payment);
      owed += is_refund_due(payment);
      for (std::size_t k = 0; k < i; ++k) {
        const Payment& other = flow.payments[k];
        const bool same_transaction = !payment.external_transaction_id.empty() &&
                                      other.external_transaction_id == payment.external_transaction_id;
        if (!was_captured(other) || (other.execution != payment.execution && !same_transaction)) continue;
        add(facts,
            fmt::format("payments {} and {} are captures of one charge of order {}", other.id.text(),
                        payment.id.text(), flow.order.id.text()),
            "one charge is captured once");
        return false;
      }
    }
    if (kept > 1) {
      add(facts, fmt::format("order {} has {} captures that were not given back", flow.order.id.text(), kept),
          "an order has at most one capture that was not given back");
      return false;
    }
    const bool undone = flow.saga && flow.saga->status == SagaStatus::compensated &&
                        !flow.saga->requires_manual_intervention;
    if (kept + owed > 0 && undone) {
      add(facts, fmt::format("order {} was compensated, but its capture was left", flow.order.id.text()),
          "a compensated order's capture is given back");
      return false;
    }
    return true;
  }

  void look_at_events(const FlowFacts& facts) {
    int standing = 0;
    // A charge that came through after it had been given up stands beside any other until it is given back.
    std::set<Uuid> late;
    for (const EventFacts& it : facts.events) {
      if (it.event->type == EventType::payment_charged_late) late.insert(it.event->aggregate);
      standing += it.event->type == EventType::payment_processed;
      standing -= it.event->type == EventType::payment_refunded && late.erase(it.event->aggregate) == 0;
      if (standing > 1) {
        add(facts,
            fmt::format("order {} was charged again at {} while a capture stood", facts.flow.order.id.text(),
                        iso8601_us(it.event->occurred_at)),
            "an order has at most one capture at any time", it.event);
        return;
      }
      if (standing < 0) {
        add(facts,
            fmt::format("order {} was refunded at {} with no capture standing", facts.flow.order.id.text(),
                        iso8601_us(it.event->occurred_at)),
            "refunds are never more than captures", it.event);
        return;
      }
    }
  }

  std::uint64_t captures_ = 0;
  Violations violations_;
};

}  // namespace

std::unique_ptr<Check> one_capture_per_order() {
  return std::make_unique<OneCapturePerOrder>();
}

}  // namespace sagactl
