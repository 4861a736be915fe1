// Which events may follow which within one aggregate.
#pragma once

#include <string>

#include "analysis/history/flow_facts.hpp"

namespace sagactl {

// The status of one aggregate after the events so far.
struct OrderReplay {
  bool created = false;
  OrderStatus status = OrderStatus::pending;
  std::optional<OrderStatus> announced;  // by OrderConfirmed or OrderCancelled; the next event makes the change

  // What is wrong with this event at this point; empty: nothing, and it was applied.
  std::string take(const EventFacts& facts);
};

struct PaymentReplay {
  PaymentStatus status = PaymentStatus::processing;

  std::string take(const EventFacts& facts);
};

struct ReservationReplay {
  bool created = false;
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

 private:
  std::string complete_step(const EventFacts& facts);
  std::string retry(const EventFacts& facts);
};

}  // namespace sagactl
