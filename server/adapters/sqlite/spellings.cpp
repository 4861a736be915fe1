#include "server/adapters/sqlite/spellings.hpp"

#include "server/adapters/sqlite/names.hpp"
#include "server/participants/order.hpp"
#include "server/participants/payment.hpp"
#include "server/participants/stock.hpp"
#include "server/participants/user.hpp"
#include "server/saga/definition.hpp"
#include "server/saga/saga.hpp"

namespace sagactl::sqlite {
namespace {

constexpr std::string_view sql_spell = "INSERT OR IGNORE INTO spelling (kind, no, name) VALUES (?, ?, ?)";
constexpr std::string_view sql_add_step =
    "INSERT OR IGNORE INTO step (definition, position, name, compensated_as, listed) VALUES (?, ?, ?, ?, ?)";

template <class Enum>
void spell(Connection& connection, std::string_view kind) {
  Statement statement = connection.prepare(sql_spell);
  std::int64_t number = 0;
  for (const std::string_view name : Spelling<Enum>::names)
    statement.bind(kind).bind(number++).bind(name).run();
}

}  // namespace

void write_spellings(Connection& connection) {
  Transaction transaction(connection, Transaction::Kind::write);
  spell<OrderStatus>(connection, "OrderStatus");
  spell<PaymentStatus>(connection, "PaymentStatus");
  spell<PaymentMethod>(connection, "PaymentMethod");
  spell<SagaStatus>(connection, "SagaStatus");
  spell<EventType>(connection, "EventType");
  spell<AggregateType>(connection, "AggregateType");
  spell<StockKind>(connection, "StockKind");
  spell<Role>(connection, "Role");
  spell<UserStatus>(connection, "UserStatus");

  Names names(connection);
  Statement step = connection.prepare(sql_add_step);
  for (const SagaDefinition& definition : definitions()) {
    const std::int64_t number = names.number_of_definition(definition.name, definition.version);
    for (std::size_t i = 0; i < definition.steps.size(); ++i) {
      const StepDefinition& each = definition.steps[i];
      step.bind(number)
          .bind(static_cast<std::int64_t>(i))
          .bind(each.name)
          .bind(each.compensated_as)
          .bind(each.listed);
      step.run();
    }
  }
  transaction.commit();
}

}  // namespace sagactl::sqlite
