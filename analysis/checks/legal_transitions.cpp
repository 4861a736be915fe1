// Verdict legal-transitions: every aggregate made only transitions that its rules allow, and its row agrees with its
// events.
#include <fmt/format.h>

#include "analysis/checks/database_checks.hpp"
#include "analysis/history/transitions.hpp"
#include "analysis/readable.hpp"
#include "analysis/violations.hpp"

namespace sagactl {
namespace {

class LegalTransitions final : public Check {
  static constexpr std::string_view name = "legal-transitions";

 public:
  void on_flow(const FlowFacts& facts) override {
    const Flow& flow = facts.flow;
    if (facts.has_order) {
      compare_user(facts);
      replay(facts.order_events(), OrderReplay{}, "order", flow.order, [&] { return row_of(flow.order); });
    }
    for (const Payment& payment : flow.payments)
      replay(facts.find(AggregateType::payment, payment.id.uuid), PaymentReplay{}, "payment", payment,
             [&] { return row_of(payment); });
    for (const Reservation& reservation : flow.reservations)
      replay(facts.find(aggregate_type_of(reservation.kind), reservation.id.uuid), ReservationReplay{}, "reservation",
             reservation, [&] { return row_of(reservation, flow.order.id); });
    if (!flow.saga) return;
    const Saga& saga = *flow.saga;
    const auto row = [&] { return row_of(saga, facts.definition); };
    if (!facts.definition) {
      violations_.add({fmt::format("saga {} has the unknown type '{}'", saga.id.text(), saga.type),
                       "every saga's type has a definition", Json::array({row()})});
      return;
    }
    const bool legal = replay(facts.saga_events(), SagaReplay(*facts.definition), "saga", saga, row);
    const OrderStatus order = flow.order.status;
    if (legal && facts.has_order && saga.status == SagaStatus::completed &&
        (!is_live(order) || order == OrderStatus::pending || order == OrderStatus::processing))
      violations_.add({fmt::format("saga {} is completed, but its order is {}", saga.id.text(), to_string(order)),
                       "a completed saga has confirmed its order", Json::array({row(), row_of(flow.order)})});
  }

  Verdict finish(const ClusterSnapshot&) override {
    return violations_.verdict(name, fmt::format("{} of {}", count_of(events_, "legal transition"),
                                                 count_of(aggregates_, "order, saga and payment row")));
  }

 private:
  void compare_user(const FlowFacts& facts) {
    const Order& order = facts.flow.order;
    const EventFacts* created = facts.first(EventType::order_created);
    if (!created || !created->user || *created->user == order.user.text()) return;
    violations_.add({fmt::format("order {} is of user {}, but its event of user {}", order.id.text(), order.user.text(),
                                 *created->user),
                     "a row agrees with its events", Json::array({row_of(order), row_of(*created->event)})});
  }

  // What is wrong with the events, in their order; empty: nothing. `last` is the event it stopped at, `previous` the
  // one before.
  template <class Replay>
  std::string follow(const AggregateFacts& history, Replay& state, const Event*& previous, const Event*& last) {
    for (const EventFacts* facts : history.events) {
      ++events_;
      previous = last;
      last = facts->event;
      if (!facts->readable) return fmt::format("the data of its {} event cannot be parsed", to_string(last->type));
      std::string wrong = state.take(*facts);
      if (!wrong.empty()) return wrong;
      if (previous && last->occurred_at < previous->occurred_at)
        return fmt::format("its event of version {} is older than that of version {}", last->version,
                           previous->version);
    }
    return {};
  }

  // False when something was wrong. `row` creates the row for a witness.
  template <class Replay, class Aggregate, class Row>
  bool replay(const AggregateFacts* history, Replay state, std::string_view kind, const Aggregate& aggregate,
              const Row& row) {
    ++aggregates_;
    if (!history) return true;  // counts-agree finds missing events
    const Event *previous = nullptr, *last = nullptr;
    const std::string wrong = follow(*history, state, previous, last);
    if (!wrong.empty()) {
      Json rows = Json::array({row()});
      if (previous) rows.push_back(row_of(*previous));
      rows.push_back(row_of(*last));
      violations_.add({fmt::format("{} {}: {}", kind, aggregate.id.text(), wrong),
                       "an aggregate makes only the transitions that its rules allow", rows});
      return false;
    }
    if (state.status == aggregate.status && last->version == aggregate.version) return true;
    violations_.add(
        {fmt::format("{} {} is {} at version {}, but its events say {} at version {}", kind, aggregate.id.text(),
                     to_string(aggregate.status), aggregate.version, to_string(state.status), last->version),
         "a row agrees with its events", Json::array({row(), row_of(*last)})});
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
