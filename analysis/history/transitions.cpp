#include "analysis/history/transitions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

namespace sagactl {
namespace {

bool may_become(OrderStatus from, OrderStatus to) {
  using enum OrderStatus;
  switch (from) {
    case pending:
      return to == processing || to == paid || to == cancelled || to == failed;
    case processing:
      return to == paid || to == cancelled || to == failed;
    case paid:
      return to == shipped || to == cancelled;
    case shipped:
      return to == delivered || to == cancelled;
    case delivered:
      return false;
    case cancelled:
      return to == pending;
    case failed:  // only imported orders are; an operator may compensate what is left of their sagas
      return to == pending || to == cancelled;
  }
  return false;
}

struct SagaTransition {
  SagaStatus from;
  EventType event;
  SagaStatus to;
};

// Without SagaRetried, whose event holds the direction. A step's answer may arrive after its saga has failed.
constexpr std::array saga_transitions = {
    SagaTransition{SagaStatus::started, EventType::saga_step_completed, SagaStatus::started},
    SagaTransition{SagaStatus::started, EventType::saga_completed, SagaStatus::completed},
    SagaTransition{SagaStatus::started, EventType::saga_compensating, SagaStatus::compensating},
    SagaTransition{SagaStatus::started, EventType::saga_failed, SagaStatus::failed},
    SagaTransition{SagaStatus::completed, EventType::saga_compensating, SagaStatus::compensating},
    SagaTransition{SagaStatus::compensating, EventType::saga_step_completed, SagaStatus::compensating},
    SagaTransition{SagaStatus::compensating, EventType::saga_step_compensated, SagaStatus::compensating},
    SagaTransition{SagaStatus::compensating, EventType::saga_compensated, SagaStatus::compensated},
    SagaTransition{SagaStatus::compensating, EventType::saga_failed, SagaStatus::failed},
    SagaTransition{SagaStatus::compensating, EventType::saga_compensation_failed, SagaStatus::failed},
    SagaTransition{SagaStatus::failed, EventType::saga_step_completed, SagaStatus::failed},
    SagaTransition{SagaStatus::failed, EventType::saga_step_compensated, SagaStatus::failed},
    SagaTransition{SagaStatus::failed, EventType::saga_compensating, SagaStatus::compensating},
};

}  // namespace

std::string OrderReplay::take(const EventFacts& facts) {
  const EventType type = facts.event->type;
  if (created != (type != EventType::order_created))
    return created ? "it was created twice" : "its first event is not OrderCreated";
  if (type == EventType::order_created) {
    created = true;
    return {};
  }
  if (announced && (type != EventType::order_status_changed || facts.new_status != announced))
    return fmt::format("the event that announces {} is not followed by that status change", to_string(*announced));
  if (type == EventType::notification_sent && (!is_live(status) || status == OrderStatus::pending))
    return fmt::format("its buyer was notified while it was {}", to_string(status));
  if (type == EventType::order_confirmed) announced = OrderStatus::paid;
  if (type == EventType::order_cancelled) announced = OrderStatus::cancelled;
  if (type != EventType::order_status_changed) return {};
  if (!facts.previous_status || !facts.new_status) return "a status change cannot be parsed";
  if (*facts.previous_status != status)
    return fmt::format("it was {}, but the next change is from {}", to_string(status),
                       to_string(*facts.previous_status));
  if (!may_become(status, *facts.new_status))
    return fmt::format("it changed from {} to {}", to_string(status), to_string(*facts.new_status));
  status = *facts.new_status;
  announced.reset();
  return {};
}

std::string PaymentReplay::take(const EventFacts& facts) {
  const auto become = [&](PaymentStatus from, PaymentStatus to) -> std::string {
    if (status != from) return fmt::format("it was {}, and then became {}", to_string(status), to_string(to));
    status = to;
    return {};
  };
  switch (facts.event->type) {
    case EventType::payment_processed:
      return become(PaymentStatus::processing, PaymentStatus::completed);
    case EventType::payment_failed:
      return become(PaymentStatus::processing, PaymentStatus::failed);
    case EventType::payment_charged_late:
      return become(PaymentStatus::failed, PaymentStatus::completed);
    case EventType::payment_refund_failed:
      return become(PaymentStatus::completed, PaymentStatus::completed);
    case EventType::payment_refunded:
      return become(PaymentStatus::completed, PaymentStatus::refunded);
    default:
      return fmt::format("{} is not a payment event", to_string(facts.event->type));
  }
}

std::string ReservationReplay::take(const EventFacts& facts) {
  using enum ReservationStatus;
  const EventType type = facts.event->type;
  const bool begins = type == EventType::stock_reserved || type == EventType::stock_refused;
  if (begins == created)
    return created ? "it was created twice" : "its first event is not StockReserved or StockRefused";
  const auto become = [&](ReservationStatus to) {
    created = true;
    status = to;
    return std::string();
  };
  switch (type) {
    case EventType::stock_reserved:
      return become(reserved);
    case EventType::stock_refused:
      return become(refused);
    case EventType::stock_confirmed:
      if (status == reserved || status == expired) return become(confirmed);
      return fmt::format("it was {}, and then confirmed", to_string(status));
    case EventType::stock_released: {
      const ReservationStatus to = facts.reservation && facts.reservation->expired ? expired : released;
      if (status == reserved || (status == confirmed && to == released)) return become(to);
      return fmt::format("it was {}, and then {}", to_string(status), to_string(to));
    }
    default:
      return fmt::format("{} is not a reservation event", to_string(type));
  }
}

// What is wrong with a step's completion at this point; empty: nothing. It comes after all steps before it: in a user's
// saga those of its graph.
std::string SagaReplay::complete_step(const EventFacts& facts) {
  if (!facts.step) return fmt::format("it completed step '{}', which its definition does not have", facts.step_name);
  if (done[*facts.step]) return fmt::format("step {} was completed while it was already in effect", facts.step_name);
  std::vector<std::size_t> before(*facts.step);
  std::iota(before.begin(), before.end(), std::size_t{0});
  if (!definition.is_built_in()) before = steps_before(definition, *facts.step);
  for (const std::size_t i : before)
    if (definition.steps[i].listed && !done[i])
      return fmt::format("step {} was completed before step {}", facts.step_name, definition.steps[i].name);
  done[*facts.step] = true;
  return {};
}

// An operator may also answer for a step of a user's saga that has not failed.
std::string SagaReplay::retry(const EventFacts& facts) {
  const bool is_open = status == SagaStatus::started || status == SagaStatus::compensating;
  if (status == SagaStatus::completed || (is_open && definition.is_built_in()))
    return fmt::format("it was retried while it was {}", to_string(status));
  if (!facts.direction) return "a retry cannot be parsed";
  if (!is_open) status = *facts.direction == Direction::action ? SagaStatus::started : SagaStatus::compensating;
  return {};
}

std::string SagaReplay::take(const EventFacts& facts) {
  const EventType type = facts.event->type;
  if (started != (type != EventType::saga_started))
    return started ? "it was started twice" : "its first event is not SagaStarted";
  if (type == EventType::saga_started) {
    started = true;
    return {};
  }
  if (type == EventType::saga_retried) return retry(facts);
  // A step of a user's saga that is done after it was undone is undone again.
  if (type == EventType::saga_compensating && status == SagaStatus::compensated && !definition.is_built_in()) {
    status = SagaStatus::compensating;
    return {};
  }
  // A person has stopped one that had failed, so that it needs nobody any more.
  const bool is_stopped = type == EventType::saga_failed && facts.step_name.empty() && !definition.is_built_in();
  if (is_stopped && status == SagaStatus::failed) return {};
  const auto allowed = std::find_if(saga_transitions.begin(), saga_transitions.end(),
                                    [&](const SagaTransition& it) { return it.from == status && it.event == type; });
  if (allowed == saga_transitions.end())
    return fmt::format("{} occurred while it was {}", to_string(type), to_string(status));
  if (type == EventType::saga_step_completed)
    if (std::string wrong = complete_step(facts); !wrong.empty()) return wrong;
  if (type == EventType::saga_step_compensated && facts.step) done[*facts.step] = false;
  if (type == EventType::saga_compensated) std::fill(done.begin(), done.end(), false);
  if (type == EventType::saga_completed) {
    for (std::size_t i = 0; i < done.size(); ++i)
      if (definition.steps[i].listed && !done[i])
        return fmt::format("it completed without its step {}", definition.steps[i].name);
  }
  status = allowed->to;
  return {};
}

}  // namespace sagactl
