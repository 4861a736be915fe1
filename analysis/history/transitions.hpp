// Which events may follow which in the life of one aggregate.
#pragma once

#include <string>

#include "analysis/history/flow_facts.hpp"

namespace sagactl {

// The status of one aggregate as its events have made it so far.
struct OrderReplay {
  bool created = false;
  OrderStatus status = OrderStatus::pending;
  std::optional<OrderStatus>
      announced;  // by OrderConfirmed or OrderCancelled; the next event brings it about

  // What is wrong with this event here; empty: nothing, and it has been applied.
  std::string take(const EventFacts& facts);
};

struct PaymentReplay {
  PaymentStatus status = PaymentStatus::processing;

  std::string take(const EventFacts& facts);
};

struct ReservationReplay {
  bool made = false;
  ReservationStatus status = ReservationStatus::reserved;

  std::string take(const EventFacts& facts);
};

struct SagaReplay {
  explicit SagaReplay(const SagaDefinition& d) : definition(d), done(d.steps.size(), false) {}

  const SagaDefinition& definition;
  bool started = false;
  SagaStatus status = SagaStatus::started;
  std::vector<bool> done;  // steps with an event of their own

  std::string take(const EventFacts& facts);
};

}  // namespace sagactl
