#include "server/adapters/postgres/tables/own_saga_tables.hpp"

#include <algorithm>

#include "server/adapters/sql/table_rows.hpp"
#include "server/ports/saga_keys.hpp"

namespace sagactl::postgres {
namespace {

// Nodes that write sagas add rows meanwhile at most for an instant, and readers are not held up.
const PostgresStatement sql_lock_definitions{"definition_lock", "LOCK TABLE definition IN SHARE ROW EXCLUSIVE MODE"};
const PostgresStatement sql_newest_definition{
    "definition_newest",
    "SELECT version, text = $1::text FROM definition WHERE name = $2::text AND text IS NOT NULL ORDER BY version DESC "
    "LIMIT 1"};
const PostgresStatement sql_insert_definition{
    "definition_insert",
    "INSERT INTO definition (name, version, text, published) SELECT $1::text, coalesce(max(version), 0) + 1, $2::text, "
    "database_now() FROM definition WHERE name = $1::text RETURNING no, version"};
const PostgresStatement sql_insert_steps{
    "definition_steps",
    "INSERT INTO step (definition, position, name, compensated_as, listed) SELECT $1::bigint, * FROM "
    "unnest($2::smallint[], $3::text[], $4::text[], $5::boolean[])"};
const PostgresStatement sql_set_retired{
    "definition_retire",
    "UPDATE definition SET retired = nullif($1::bigint <> 0, false) WHERE name = $2::text AND text IS NOT NULL"};
const std::string select_definition = "SELECT no, published, coalesce(retired, false) FROM definition ";
const PostgresStatement sql_find_newest{
    "definition_find_newest",
    select_definition + "WHERE name = $1::text AND text IS NOT NULL ORDER BY version DESC LIMIT 1"};
const PostgresStatement sql_find_version{
    "definition_find_version",
    select_definition + "WHERE name = $1::text AND text IS NOT NULL AND version = $2::bigint"};
const PostgresStatement sql_all_definitions{
    "definition_all", select_definition + "WHERE text IS NOT NULL ORDER BY name COLLATE \"C\", version"};

const PostgresStatement sql_insert_calls{
    "call_insert",
    "INSERT INTO participant_call (flow, step, direction, execution, tries, question, outcome, status, answer, at, "
    "took, "
    "node) SELECT * FROM unnest($1::uuid[], $2::smallint[], $3::smallint[], $4::integer[], $5::integer[], "
    "$6::boolean[], $7::smallint[], $8::integer[], $9::text[], $10::bigint[], $11::bigint[], $12::smallint[])"};
const PostgresStatement sql_calls_of_flow{
    "call_of_flow",
    "SELECT step, direction, execution, tries, question, outcome, status, answer, at, took, node FROM participant_call "
    "WHERE flow = $1::uuid ORDER BY at, tries, step"};
const PostgresStatement sql_insert_search{
    "search_insert",
    "INSERT INTO search_value (key, flow) SELECT * FROM unnest($1::uuid[], $2::uuid[]) ON CONFLICT DO NOTHING"};

void send_steps(PostgresConnection& connection, std::int64_t number, const SagaDefinition& definition) {
  ParameterArray positions(ParameterType::smallint), names(ParameterType::text), undone(ParameterType::text),
      listed(ParameterType::boolean);
  std::int64_t position = 0;
  for (const StepDefinition& step : definition.steps) {
    positions.add(position++);
    names.add(std::string_view(step.name));
    undone.add(std::string_view(step.compensated_as));
    listed.add(std::int64_t{step.listed});
  }
  Parameters parameters;
  parameters.add(number).add(std::move(positions)).add(std::move(names)).add(std::move(undone)).add(std::move(listed));
  connection.send(sql_insert_steps, parameters);
}

std::vector<StoredDefinition> read_definitions(PostgresRows rows, sql::InternedNames& names) {
  std::vector<StoredDefinition> list;
  while (rows.next())
    if (StoredDefinition stored = sql::read_definition(rows, names); stored.definition)
      list.push_back(std::move(stored));
  return list;
}

}  // namespace

PublishedDefinition publish_definition(PostgresConnection& connection, sql::InternedNames& names,
                                       const std::string& name, const std::string& text) {
  PostgresTransaction transaction(connection, PostgresTransaction::Kind::write);
  connection.send(sql_lock_definitions);
  connection.send(sql_newest_definition, Parameters().add(std::string_view(text)).add(std::string_view(name)));
  PostgresRows newest = std::move(connection.flush().back());
  PublishedDefinition published;
  bool is_same = false;
  if (newest.next()) {
    published.version = static_cast<int>(newest.integer());
    is_same = newest.integer() != 0;
  }
  if (!is_same) {
    PostgresRows row =
        connection.run(sql_insert_definition, Parameters().add(std::string_view(name)).add(std::string_view(text)));
    row.next();
    const std::int64_t number = row.integer();
    published = {static_cast<int>(row.integer()), true};
    const DefinitionPointer definition = names.published(number);
    if (!definition) sql::fail_as_bug("a definition that was checked cannot be read");
    send_steps(connection, number, *definition);
  }
  connection.send(sql_set_retired, Parameters().add(std::int64_t{0}).add(std::string_view(name)));
  transaction.commit();
  return published;
}

bool retire_definition(PostgresConnection& connection, const std::string& name) {
  return connection.run(sql_set_retired, Parameters().add(std::int64_t{1}).add(std::string_view(name))).changed() > 0;
}

std::optional<StoredDefinition> find_definition_of(PostgresConnection& connection, sql::InternedNames& names,
                                                   const std::string& name, std::optional<int> version) {
  Parameters parameters;
  parameters.add(std::string_view(name));
  if (version) parameters.add(*version);
  auto found = read_definitions(connection.run(version ? sql_find_version : sql_find_newest, parameters), names);
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

std::vector<StoredDefinition> all_definitions(PostgresConnection& connection, sql::InternedNames& names) {
  return read_definitions(connection.run(sql_all_definitions), names);
}

void send_calls(PostgresConnection& connection, sql::InternedNames& names,
                const std::vector<std::pair<OrderId, const CallRecord*>>& calls) {
  if (calls.empty()) return;
  ParameterArray flows(ParameterType::uuid), steps(ParameterType::smallint), directions(ParameterType::smallint),
      executions(ParameterType::integer), tries(ParameterType::integer), questions(ParameterType::boolean),
      outcomes(ParameterType::smallint), statuses(ParameterType::integer), answers(ParameterType::text),
      times(ParameterType::bigint), took(ParameterType::bigint), nodes(ParameterType::smallint);
  for (const auto& [flow, record] : calls) {
    flows.add(flow.uuid);
    steps.add(static_cast<std::int64_t>(record->step));
    directions.add(static_cast<int>(record->direction));
    executions.add(record->execution);
    tries.add(record->tries);
    questions.add(std::int64_t{record->is_question});
    outcomes.add(static_cast<int>(record->outcome));
    statuses.add(record->status);
    answers.add(std::string_view(record->answer));
    times.add(record->at.us);
    took.add(record->took.count());
    nodes.add(names.number_of_node(record->node));
  }
  Parameters parameters;
  parameters.add(std::move(flows)).add(std::move(steps)).add(std::move(directions)).add(std::move(executions));
  parameters.add(std::move(tries)).add(std::move(questions)).add(std::move(outcomes)).add(std::move(statuses));
  parameters.add(std::move(answers)).add(std::move(times)).add(std::move(took)).add(std::move(nodes));
  connection.send(sql_insert_calls, parameters);
}

void send_search_values(PostgresConnection& connection, const std::vector<const Saga*>& sagas) {
  ParameterArray keys(ParameterType::uuid), flows(ParameterType::uuid);
  bool is_empty = true;
  for (const Saga* saga : sagas)
    for (const auto& [path, value] : search_values(*saga)) {
      is_empty = false;
      keys.add(Uuid{search_key(saga->type, path, value)});
      flows.add(order_of(saga->id).uuid);
    }
  if (!is_empty) connection.send(sql_insert_search, Parameters().add(std::move(keys)).add(std::move(flows)));
}

std::vector<CallRecord> calls_of(PostgresConnection& connection, sql::InternedNames& names, SagaId id) {
  PostgresRows rows = connection.run(sql_calls_of_flow, Parameters().add(id.uuid));
  return sql::read_all(rows, [&](PostgresRows& row) { return sql::read_call(row, names); });
}

}  // namespace sagactl::postgres
