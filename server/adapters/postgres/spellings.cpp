#include "server/adapters/postgres/spellings.hpp"

#include "server/adapters/postgres/tables/postgres_names.hpp"
#include "server/participants/order.hpp"
#include "server/participants/payment.hpp"
#include "server/participants/stock.hpp"
#include "server/participants/user.hpp"
#include "server/saga/definition.hpp"
#include "server/saga/saga.hpp"

namespace sagactl::postgres {
namespace {

const PostgresStatement sql_spell{"spellings_add",
                          "INSERT INTO spelling (kind, no, name) SELECT * FROM unnest($1::text[], $2::smallint[], "
                          "$3::text[]) ON CONFLICT DO NOTHING"};
const PostgresStatement sql_add_steps{
    "spellings_add_steps",
    "INSERT INTO step (definition, position, name, compensated_as, listed) SELECT * FROM unnest($1::smallint[], "
    "$2::smallint[], $3::text[], $4::text[], $5::boolean[]) ON CONFLICT DO NOTHING"};

class Spellings {
 public:
  template <class Enum>
  void add(std::string_view kind) {
    std::int64_t number = 0;
    for (const std::string_view name : Spelling<Enum>::names) {
      kinds_.add(kind);
      numbers_.add(number++);
      names_.add(name);
    }
  }
  void send(PostgresConnection& connection) {
    connection.send(sql_spell,
                    Parameters().add(std::move(kinds_)).add(std::move(numbers_)).add(std::move(names_)));
  }

 private:
  ParameterArray kinds_{ParameterType::text}, numbers_{ParameterType::smallint}, names_{ParameterType::text};
};

void send_steps(PostgresConnection& connection) {
  sql::InternedNames names(connection);
  ParameterArray numbers(ParameterType::smallint), positions(ParameterType::smallint), step_names(ParameterType::text), undone(ParameterType::text),
      listed(ParameterType::boolean);
  for (const SagaDefinition& definition : definitions()) {
    const std::int64_t number = names.number_of_definition(definition.name, definition.version);
    for (std::size_t i = 0; i < definition.steps.size(); ++i) {
      const StepDefinition& each = definition.steps[i];
      numbers.add(number);
      positions.add(static_cast<std::int64_t>(i));
      step_names.add(std::string_view(each.name));
      undone.add(std::string_view(each.compensated_as));
      listed.add(std::int64_t{each.listed});
    }
  }
  Parameters parameters;
  parameters.add(std::move(numbers)).add(std::move(positions)).add(std::move(step_names));
  parameters.add(std::move(undone)).add(std::move(listed));
  connection.send(sql_add_steps, parameters);
}

}  // namespace

void write_spellings(PostgresConnection& connection) {
  Spellings spellings;
  spellings.add<OrderStatus>("OrderStatus");
  spellings.add<PaymentStatus>("PaymentStatus");
  spellings.add<PaymentMethod>("PaymentMethod");
  spellings.add<SagaStatus>("SagaStatus");
  spellings.add<EventType>("EventType");
  spellings.add<AggregateType>("AggregateType");
  spellings.add<StockKind>("StockKind");
  spellings.add<Role>("Role");
  spellings.add<UserStatus>("UserStatus");
  send_steps(connection);
  spellings.send(connection);
  connection.flush();
}

}  // namespace sagactl::postgres
