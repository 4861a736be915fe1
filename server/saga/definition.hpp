// A saga's definition, as data: its steps, how each is retried and undone, and the pivot after which it only goes
// forward. Terms: docs/terminology.md.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "common/result.hpp"
#include "common/text/spelling.hpp"
#include "common/time.hpp"
#include "server/saga/event.hpp"

namespace sagactl {

enum class Mode { orchestration, choreography };

template <>
struct Spelling<Mode> {
  static constexpr std::string_view names[] = {"orchestration", "choreography"};
};

// Capped exponential backoff with full jitter: before try n the wait is uniform in [0, min(cap, first * 2^(n-1))]
// (Brooker, "Exponential Backoff And Jitter", 2015). No try starts after `budget` has passed since the first.
struct RetryPolicy {
  Duration first = 100ms;
  Duration cap = 5s;
  Duration budget = 60s;
};

struct StepDefinition {
  std::string_view name;            // "payment_processing"
  std::string_view action;          // the participant command that does it
  std::string_view compensation;    // the participant command that undoes it; empty: nothing to undo
  std::string_view compensated_as;  // its name in `compensationSteps`
  Duration timeout = 30s;           // a try without a reply by then has an unknown outcome
  RetryPolicy retry = {};
  RetryPolicy compensation_retry = {};
  bool listed = true;  // in `completedSteps`; false for the step that placing the order performs itself
};

// The topic to which an event of the saga's flows is published.
struct TopicRule {
  AggregateType aggregate;
  EventType event;
  std::string_view topic;
  // For a message that is the reply to a command: the command, and whether the reply is a refusal.
  std::string_view command = {};
  bool refused = false;
};

// All string_views refer to string literals.
struct SagaDefinition {
  std::string_view name;
  int version = 1;
  Mode mode = Mode::orchestration;
  std::vector<StepDefinition> steps;
  // Once this step has succeeded, a later step that fails is retried and never undone by the saga itself. (An operator
  // may still ask for compensation.)
  std::size_t pivot = 0;
  // Once this much time has passed since the saga started or was retried, no step before the pivot is tried again.
  Duration timeout = 10min;
  std::vector<TopicRule> topics = {};   // for the events that are not published to the topic of their aggregate
  bool shop_may_confirm = false;        // with --payment-confirm shop its payments wait for the shop
  bool services_may_be_remote = false;  // with --role each is a process of its own, called over the exchange
};

// Bounds how far one batch runs a saga: all its steps forward and back.
inline constexpr std::size_t steps_max = 16;

// The longest time for which a durable timer of such a saga is ever set.
Duration longest_wait(const SagaDefinition& definition);

// The definition of that name, or null.
const SagaDefinition* find_definition(std::string_view name);
const std::vector<SagaDefinition>& definitions();

// Registers a definition. For a composition root, before it starts any node; from then on the list does not change.
// `invalid` for a definition that cannot be run: no steps, a pivot outside its steps, two steps of the same name, or
// the name of another saga.
Result<void> add_definition(SagaDefinition definition);

inline constexpr std::string_view order_processing_saga = "OrderProcessingSaga";
inline constexpr std::string_view checkout_saga = "CheckoutSaga";
inline constexpr std::string_view checkout_choreography_saga = "CheckoutChoreographySaga";
inline constexpr std::string_view item_purchase_saga = "ItemPurchaseSaga";

// The prefix of a checkout's saga id, as clients see it.
inline constexpr std::string_view checkout_saga_prefix = "SAGA-";
// The id in "SAGA-<id>"; any other text unchanged.
std::string_view without_saga_prefix(std::string_view text);
// Topics of the orchestrated checkout.
inline constexpr std::string_view orchestrator_commands = "orchestrator.saga";
inline constexpr std::string_view orchestrator_replies = "orchestrator.reply";

inline bool is_checkout(std::string_view name) {
  return name == checkout_saga || name == checkout_choreography_saga;
}

}  // namespace sagactl
