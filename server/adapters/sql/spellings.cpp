#include "server/adapters/sql/spellings.hpp"

#include "server/participants/calls/call_record.hpp"
#include "server/participants/order.hpp"
#include "server/participants/payment.hpp"
#include "server/participants/stock.hpp"
#include "server/participants/user.hpp"
#include "server/saga/compile_definition.hpp"
#include "server/saga/dtm_definition.hpp"
#include "server/saga/lra_definition.hpp"
#include "server/saga/saga.hpp"

namespace sagactl::sql {
namespace {

constexpr std::int64_t after_prepared = 200, after_delay = 400;

// One with as many steps as an LRA may have: they are called by their numbers.
std::string longest_lra(bool is_nested) {
  LraDefinition lra;
  if (is_nested) lra.parent = "http://node/lra-coordinator";
  lra.participants.resize(steps_max - (is_nested ? 2 : 1));
  for (LraParticipant& each : lra.participants) each.links.compensate = "http://participant/compensate";
  return canonical_text(lra_definition_json(lra));
}

// One of each form that a transaction of DTM's clients has, with as many steps as it may have, and an LRA.
std::vector<DefinitionPointer> inline_forms() {
  std::vector<DefinitionPointer> forms;
  const auto add = [&](const char* type, bool is_prepared, Duration delay) {
    DtmTransaction transaction;
    transaction.type = type;
    transaction.branches.resize(steps_max);
    transaction.is_prepared = is_prepared;
    transaction.delay = delay;
    auto compiled = compile_definition(canonical_text(dtm_definition_json(transaction)), 1);
    if (compiled) forms.push_back(std::move(*compiled));
  };
  add("saga", false, {});
  for (const bool is_prepared : {false, true})
    for (const Duration delay : {Duration{0}, Duration{1}}) add("msg", is_prepared, delay);
  for (const bool is_nested : {false, true})
    if (auto compiled = compile_definition(longest_lra(is_nested), 1)) forms.push_back(std::move(*compiled));
  return forms;
}

}  // namespace

void each_spelling(
    const std::function<void(std::string_view kind, std::int64_t number, std::string_view name)>& visit) {
  const auto spell = [&]<class Enum>(std::string_view kind, Enum) {
    std::int64_t number = 0;
    for (const std::string_view name : Spelling<Enum>::names) visit(kind, number++, name);
  };
  spell("OrderStatus", OrderStatus{});
  spell("PaymentStatus", PaymentStatus{});
  spell("PaymentMethod", PaymentMethod{});
  spell("SagaStatus", SagaStatus{});
  spell("EventType", EventType{});
  spell("AggregateType", AggregateType{});
  spell("StockKind", StockKind{});
  spell("Role", Role{});
  spell("UserStatus", UserStatus{});
  spell("CallOutcome", CallOutcome{});
}

void each_step(
    InternedNames& names,
    const std::function<void(std::int64_t definition, std::int64_t position, const StepDefinition& step)>& visit) {
  const auto visit_all = [&](const SagaDefinition& definition) {
    const std::int64_t number = names.number_of_definition(definition.name, definition.version);
    std::int64_t position = first_step_of(definition);
    for (const StepDefinition& step : definition.steps) visit(number, position++, step);
  };
  for (const SagaDefinition& definition : definitions()) visit_all(definition);
  static const std::vector<DefinitionPointer> forms = inline_forms();
  for (const DefinitionPointer& form : forms) visit_all(*form);
}

std::int64_t first_step_of(const SagaDefinition& definition) {
  std::int64_t first = 0;
  if (definition.protocol != Protocol::dtm) return first;
  for (std::size_t i = 0; i < definition.steps.size() && definition.steps[i].kind != StepKind::call; ++i)
    first += definition.steps[i].kind == StepKind::wait ? after_prepared : after_delay;
  return first;
}

}  // namespace sagactl::sql
