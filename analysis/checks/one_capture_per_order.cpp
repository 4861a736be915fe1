// Verdict one-capture-per-order: an order has at most one capture that is not refunded at any time, refunds never
// exceed captures, and a compensated order keeps none.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "analysis/checks/database_checks.hpp"
#include "analysis/readable.hpp"
#include "analysis/violations.hpp"

namespace sagactl {
namespace {

bool was_captured(const Payment& payment) {
  return payment.status == PaymentStatus::completed || payment.status == PaymentStatus::refunded;
}

class OneCapturePerOrder final : public Check {
  static constexpr std::string_view name = "one-capture-per-order";

 public:
  void on_flow(const FlowFacts& facts) override {
    paying_flows_ += facts.has_order || !facts.flow.payments.empty();
    captures_ +=
        static_cast<std::uint64_t>(std::count_if(facts.flow.payments.begin(), facts.flow.payments.end(), was_captured));
    if (check_rows(facts)) check_events(facts);
  }

  Verdict finish(const ClusterSnapshot&) override {
    if (paying_flows_ == 0 && violations_.first()) return does_not_apply(name, "there are no orders and no payments");
    return violations_.verdict(name,
                               fmt::format("{}, at most one per order at any time", count_of(captures_, "capture")));
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
  bool check_rows(const FlowFacts& facts) {
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
            fmt::format("payments {} and {} capture the same charge of order {}", other.id.text(), payment.id.text(),
                        flow.order.id.text()),
            "one charge is captured once");
        return false;
      }
    }
    if (kept > 1) {
      add(facts, fmt::format("order {} has {} captures that were not refunded", flow.order.id.text(), kept),
          "an order has at most one capture that was not refunded");
      return false;
    }
    const bool compensated =
        flow.saga && flow.saga->status == SagaStatus::compensated && !flow.saga->requires_manual_intervention;
    if (kept + owed > 0 && compensated) {
      add(facts, fmt::format("order {} was compensated, but its capture was not refunded", flow.order.id.text()),
          "the capture of a compensated order is refunded");
      return false;
    }
    return true;
  }

  void check_events(const FlowFacts& facts) {
    int captured = 0;
    // A late charge may exist beside another capture until it is refunded.
    std::set<Uuid> late;
    for (const EventFacts& it : facts.events) {
      if (it.event->type == EventType::payment_charged_late) late.insert(it.event->aggregate);
      captured += it.event->type == EventType::payment_processed;
      captured -= it.event->type == EventType::payment_refunded && late.erase(it.event->aggregate) == 0;
      if (captured > 1) {
        add(facts,
            fmt::format("order {} was charged again at {} before an earlier capture was refunded",
                        facts.flow.order.id.text(), iso8601_us(it.event->occurred_at)),
            "an order has at most one capture at any time", it.event);
        return;
      }
      if (captured < 0) {
        add(facts,
            fmt::format("order {} was refunded at {} without a capture", facts.flow.order.id.text(),
                        iso8601_us(it.event->occurred_at)),
            "refunds never exceed captures", it.event);
        return;
      }
    }
  }

  std::uint64_t paying_flows_ = 0;  // with an order, or with payments
  std::uint64_t captures_ = 0;
  Violations violations_;
};

}  // namespace

std::unique_ptr<Check> one_capture_per_order() {
  return std::make_unique<OneCapturePerOrder>();
}

}  // namespace sagactl
