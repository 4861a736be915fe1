#include "server/saga/definition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace sagactl {
namespace {

SagaDefinition order_processing() {
  return SagaDefinition{
      .name = std::string(order_processing_saga),
      .steps =
          {
              StepDefinition{.name = "order_creation",
                             .action = "order.create",
                             .compensation = "order.cancel",
                             .compensated_as = "order_cancelled",
                             .listed = false},
              StepDefinition{.name = "payment_processing",
                             .action = "payment.charge",
                             .compensation = "payment.refund",
                             .compensated_as = "payment_refunded"},
              StepDefinition{
                  .name = "order_confirmation", .action = "order.confirm", .compensation = "", .compensated_as = ""},
          },
      .pivot = 1,
  };
}

// The last step completes the order and sells its stock, so everything before it can still be undone. The budgets are
// long because the services may be processes of their own, which are restarted at times, and a buyer takes time to pay.
std::vector<StepDefinition> checkout_steps() {
  const auto step = [](std::string name, std::string action, std::string compensation, std::string compensated_as) {
    return StepDefinition{.name = std::move(name),
                          .action = std::move(action),
                          .compensation = std::move(compensation),
                          .compensated_as = std::move(compensated_as),
                          .timeout = 10s,
                          .retry = {.budget = 10min},
                          .compensation_retry = {.budget = 10min}};
  };
  return {step("CREATE_ORDER", "order.create", "order.cancel", "CANCEL_ORDER"),
          step("PROCESS_PAYMENT", "payment.charge", "payment.refund", "REFUND_PAYMENT"),
          step("RESERVE_INVENTORY", "inventory.reserve", "inventory.release", "RELEASE_INVENTORY"),
          step("COMPLETE_ORDER", "order.complete", "", "")};
}

constexpr std::string_view replies = orchestrator_replies;

SagaDefinition checkout() {
  return SagaDefinition{
      .name = std::string(checkout_saga),
      .steps = checkout_steps(),
      .pivot = 3,
      .timeout = 15min,
      .topics = {{AggregateType::order, EventType::order_created, replies, "CREATE_ORDER"},
                 {AggregateType::payment, EventType::payment_processed, replies, "PROCESS_PAYMENT"},
                 {AggregateType::payment, EventType::payment_failed, replies, "PROCESS_PAYMENT", true},
                 {AggregateType::payment, EventType::payment_refunded, replies, "REFUND_PAYMENT"},
                 {AggregateType::inventory, EventType::stock_reserved, replies, "RESERVE_INVENTORY"},
                 {AggregateType::inventory, EventType::stock_refused, replies, "RESERVE_INVENTORY", true},
                 {AggregateType::inventory, EventType::stock_released, replies, "RELEASE_INVENTORY"},
                 {AggregateType::order, EventType::order_confirmed, replies, "COMPLETE_ORDER"},
                 {AggregateType::order, EventType::order_cancelled, replies, "CANCEL_ORDER"}},
      .shop_may_confirm = true,
      .services_may_be_remote = true,
  };
}

SagaDefinition checkout_choreography() {
  return SagaDefinition{
      .name = std::string(checkout_choreography_saga),
      .mode = Mode::choreography,
      .steps = checkout_steps(),
      .pivot = 3,
      .timeout = 15min,
      .topics = {{AggregateType::order, EventType::order_created, "order.created"},
                 {AggregateType::order, EventType::order_cancelled, "order.cancelled"},
                 {AggregateType::payment, EventType::payment_processed, "payment.processed"},
                 {AggregateType::payment, EventType::payment_failed, "payment.failed", "", true},
                 {AggregateType::inventory, EventType::stock_reserved, "inventory.reserved"},
                 {AggregateType::inventory, EventType::stock_refused, "inventory.failed", "", true},
                 {AggregateType::inventory, EventType::stock_released, "inventory.released"}},
      .shop_may_confirm = true,
      .services_may_be_remote = true,
  };
}

SagaDefinition item_purchase() {
  const auto step = [](std::string name, std::string action, std::string compensation = "",
                       std::string compensated_as = "") {
    return StepDefinition{.name = std::move(name),
                          .action = std::move(action),
                          .compensation = std::move(compensation),
                          .compensated_as = std::move(compensated_as)};
  };
  return SagaDefinition{
      .name = std::string(item_purchase_saga),
      .mode = Mode::choreography,
      .steps = {step("order_creation", "order.create", "order.cancel", "order_cancelled"),
                step("balance_reservation", "balance.reserve", "balance.release", "payment_rolled_back"),
                step("slot_reservation", "slots.reserve", "slots.release", "inventory_rolled_back"),
                step("item_reservation", "item.reserve", "item.release", "item_restored"),
                step("payment_processing", "payment.charge", "payment.refund", "payment_refunded"),
                step("balance_settlement", "balance.confirm"), step("slot_confirmation", "slots.confirm"),
                step("item_deduction", "item.confirm"), step("order_completion", "order.confirm"),
                step("notification", "order.notify")},
      .pivot = 4,
      .topics = {{AggregateType::order, EventType::order_created, "order.created"},
                 {AggregateType::order, EventType::order_confirmed, "order.completed"},
                 {AggregateType::order, EventType::order_cancelled, "order.cancelled", "", true, "order.failed"},
                 {AggregateType::order, EventType::notification_sent, "notification.sent"},
                 {AggregateType::balance, EventType::stock_reserved, "payment.reserved", "", false, "user.validated"},
                 {AggregateType::balance, EventType::stock_refused, "payment.reservation.failed", "", true,
                  "user.validation.failed"},
                 {AggregateType::balance, EventType::stock_confirmed, "payment.confirmed"},
                 {AggregateType::balance, EventType::stock_released, "payment.rollback"},
                 {AggregateType::slots, EventType::stock_reserved, "inventory.reserved"},
                 {AggregateType::slots, EventType::stock_refused, "inventory.reservation.failed"},
                 {AggregateType::slots, EventType::stock_confirmed, "inventory.confirmed"},
                 {AggregateType::slots, EventType::stock_released, "inventory.rollback"},
                 {AggregateType::item, EventType::stock_reserved, "item.reserved"},
                 {AggregateType::item, EventType::stock_refused, "item.reservation.failed"},
                 {AggregateType::item, EventType::stock_confirmed, "item.deducted"},
                 {AggregateType::item, EventType::stock_released, "item.restored"},
                 {AggregateType::payment, EventType::payment_processed, "payment.processed", "", false,
                  "payment.success"},
                 {AggregateType::payment, EventType::payment_failed, "payment.failed", "", true}},
  };
}

std::vector<SagaDefinition>& registered_definitions() {
  static std::vector<SagaDefinition> all = {order_processing(), checkout(), checkout_choreography(), item_purchase()};
  return all;
}

Error cannot_add(const SagaDefinition& definition, std::string_view why) {
  return Error{ErrorCode::invalid, fmt::format("the saga '{}' cannot be added: {}", definition.name, why)};
}

}  // namespace

const std::vector<SagaDefinition>& definitions() {
  return registered_definitions();
}

Result<void> add_definition(SagaDefinition definition) {
  if (definition.name.empty()) return cannot_add(definition, "it has no name");
  if (find_definition(definition.name)) return cannot_add(definition, "a saga of that name exists");
  if (definition.steps.empty()) return cannot_add(definition, "it has no steps");
  if (definition.steps.size() > built_in_steps_max)
    return cannot_add(definition, fmt::format("it has more than {} steps", built_in_steps_max));
  if (definition.pivot >= definition.steps.size()) return cannot_add(definition, "its pivot is not one of its steps");
  std::set<std::string_view> names;
  for (const StepDefinition& step : definition.steps) {
    if (step.name.empty() || step.action.empty())
      return cannot_add(definition, "it has a step without a name or an action");
    if (!names.insert(step.name).second)
      return cannot_add(definition, fmt::format("two steps are named {}", step.name));
  }
  registered_definitions().push_back(std::move(definition));
  return {};
}

Duration longest_wait(const SagaDefinition& definition) {
  Duration longest =
      definition.is_built_in() || definition.timeout == Duration::max() ? Duration{0} : definition.timeout;
  for (const StepDefinition& step : definition.steps) {
    longest = std::max({longest, step.timeout, step.retry.cap, step.compensation_retry.cap, step.retry.budget});
    if (!definition.is_built_in()) longest = std::max(longest, step.compensation_retry.budget);
    if (step.only_waits()) longest = std::max(longest, step.waits);
  }
  return longest;
}

std::vector<std::size_t> steps_before(const SagaDefinition& definition, std::size_t step) {
  if (const auto& after = definition.steps[step].after) return *after;
  return step == 0 ? std::vector<std::size_t>{} : std::vector<std::size_t>{step - 1};
}

bool has_circle(const SagaDefinition& definition) {
  std::vector<bool> placed(definition.steps.size());
  // Steps that are listed in their order, as nearly all are, are placed in the first round.
  for (bool placed_any = true; placed_any;) {
    placed_any = false;
    for (std::size_t i = 0; i < definition.steps.size(); ++i) {
      if (placed[i]) continue;
      const auto before = steps_before(definition, i);
      placed[i] = std::all_of(before.begin(), before.end(), [&](std::size_t each) { return placed[each]; });
      placed_any = placed_any || placed[i];
    }
  }
  return std::find(placed.begin(), placed.end(), false) != placed.end();
}

const SagaDefinition* find_definition(std::string_view name) {
  for (const SagaDefinition& definition : definitions())
    if (definition.name == name) return &definition;
  return nullptr;
}

std::string_view after_saga_prefix(std::string_view text) {
  return text.starts_with(checkout_saga_prefix) ? text.substr(checkout_saga_prefix.size()) : text;
}

std::string_view without_saga_prefix(std::string_view text) {
  const std::string_view id = after_saga_prefix(text);
  return Uuid::parse(id) ? id : text;
}

}  // namespace sagactl
