#include "server/adapters/sql/spellings.hpp"

#include "server/participants/order.hpp"
#include "server/participants/payment.hpp"
#include "server/participants/stock.hpp"
#include "server/participants/user.hpp"
#include "server/saga/saga.hpp"

namespace sagactl::sql {

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
}

void each_step(
    InternedNames& names,
    const std::function<void(std::int64_t definition, std::int64_t position, const StepDefinition& step)>& visit) {
  for (const SagaDefinition& definition : definitions()) {
    const std::int64_t number = names.number_of_definition(definition.name, definition.version);
    std::int64_t position = 0;
    for (const StepDefinition& step : definition.steps) visit(number, position++, step);
  }
}

}  // namespace sagactl::sql
