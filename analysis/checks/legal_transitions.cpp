// Every aggregate went only where its rules let it, and its row is where its events have brought it.
#include <fmt/format.h>

#include "analysis/checks/database_checks.hpp"
#include "analysis/transitions.hpp"
#include "analysis/violations.hpp"
#include "analysis/wording.hpp"

namespace sagactl {
namespace {

constexpr std::string_view name = "legal-transitions";

// What the row of an aggregate says.
struct RowState {
  std::string what;  // "order 0197…"
  int version = 0;
  std::string_view status;
  Json row;
};

class LegalTransitions final : public Check {
 public:
  void see(const FlowFacts& facts) override {
    const Flow& flow = facts.flow;
    if (facts.has_order)
      replay(facts.order_events(), OrderReplay{},
             {"order " + flow.order.id.text(), flow.order.version, to_string(flow.order.status),
              row_of(flow.order)});
    for (const Payment& payment : flow.payments)
      replay(facts.find(AggregateType::payment, payment.id.uuid), PaymentReplay{},
             {"payment " + payment.id.text(), payment.version, to_string(payment.status), row_of(payment)});
    if (!flow.saga) return;
    const Saga& saga = *flow.saga;
    const Json row = row_of(saga, facts.definition);
    const std::string what = "saga " + saga.id.text();
    if (!facts.definition) {
      add({fmt::format("{} is of type '{}'", what, saga.type), "a saga is of a type that has a definition",
           Json::array({row})});
      return;
    }
    const bool legal = replay(facts.saga_events(), SagaReplay(*facts.definition),
                              {what, saga.version, to_string(saga.status), row});
    const OrderStatus order = flow.order.status;
    if (legal && facts.has_order && saga.status == SagaStatus::completed &&
        (!is_live(order) || order == OrderStatus::pending || order == OrderStatus::processing))
      add({fmt::format("{} is completed, its order is {}", what, to_string(order)),
           "a completed saga has confirmed its order", Json::array({row, row_of(flow.order)})});
  }

  Verdict finish(const Surroundings&) override {
    return violations_.verdict(name, fmt::format("{} in the lives of {}", counted(events_, "transition"),
                                                 counted(aggregates_, "order, saga and payment row")));
  }

 private:
  void add(Witness witness) { violations_.add(std::move(witness)); }

  // False when something was wrong.
  template <class Replay>
  bool replay(const AggregateFacts* history, Replay state, const RowState& row) {
    ++aggregates_;
    if (!history) return true;  // that there should be events is for counts-agree to say
    const Event* previous = nullptr;
    for (const EventFacts* facts : history->events) {
      ++events_;
      std::string wrong =
          facts->readable ? state.take(*facts)
                          : fmt::format("the data of its {} cannot be read", to_string(facts->event->type));
      if (wrong.empty() && previous && facts->event->occurred_at < previous->occurred_at)
        wrong = fmt::format("its version {} is older than its version {}", facts->event->version,
                            previous->version);
      if (!wrong.empty()) {
        Json rows = Json::array({row.row});
        if (previous) rows.push_back(row_of(*previous));
        rows.push_back(row_of(*facts->event));
        add({fmt::format("{}: {}", row.what, wrong),
             "an aggregate goes only from state to state as its rules allow", rows});
        return false;
      }
      previous = facts->event;
    }
    if (to_string(state.status) == row.status && previous->version == row.version) return true;
    add({fmt::format("{} is {} at version {}, its events say {} at version {}", row.what, row.status,
                     row.version, to_string(state.status), previous->version),
         "a row is what its events have made of it", Json::array({row.row, row_of(*previous)})});
    return false;
  }

  std::uint64_t aggregates_ = 0, events_ = 0;
  Violations violations_;
};

}  // namespace

std::unique_ptr<Check> legal_transitions() {
  return std::make_unique<LegalTransitions>();
}

}  // namespace sagactl
