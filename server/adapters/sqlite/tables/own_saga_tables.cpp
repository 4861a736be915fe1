#include "server/adapters/sqlite/tables/own_saga_tables.hpp"

#include "server/adapters/sql/table_rows.hpp"
#include "server/ports/saga_keys.hpp"

namespace sagactl::sqlite {
namespace {

constexpr std::string_view sql_newest_definition =
    "SELECT version, text = ? FROM definition WHERE name = ? AND text IS NOT NULL ORDER BY version DESC LIMIT 1";
constexpr std::string_view sql_last_version = "SELECT coalesce(max(version), 0) FROM definition WHERE name = ?";
constexpr std::string_view sql_insert_definition =
    "INSERT INTO definition (name, version, text, published) VALUES (?, ?, ?, ?) RETURNING no";
constexpr std::string_view sql_insert_step =
    "INSERT INTO step (definition, position, name, compensated_as, listed) VALUES (?, ?, ?, ?, ?)";
constexpr std::string_view sql_set_retired =
    "UPDATE definition SET retired = nullif(?, 0) WHERE name = ? AND text IS NOT NULL";
constexpr std::string_view sql_find_newest =
    "SELECT no, published, retired FROM definition WHERE name = ? AND text IS NOT NULL ORDER BY version DESC LIMIT 1";
constexpr std::string_view sql_find_version =
    "SELECT no, published, retired FROM definition WHERE name = ? AND text IS NOT NULL AND version = ?";
constexpr std::string_view sql_all_definitions =
    "SELECT no, published, retired FROM definition WHERE text IS NOT NULL ORDER BY name, version";

constexpr std::string_view sql_insert_call =
    "INSERT INTO participant_call (flow, step, direction, execution, tries, question, outcome, status, answer, at, "
    "took, "
    "node) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr std::string_view sql_calls_of_flow =
    "SELECT step, direction, execution, tries, question, outcome, status, answer, at, took, node FROM participant_call "
    "WHERE flow = ? ORDER BY at, no";
constexpr std::string_view sql_insert_search = "INSERT OR IGNORE INTO search_value (key, flow) VALUES (?, ?)";

}  // namespace

DefinitionTable::DefinitionTable(SqliteConnection& connection, sql::InternedNames& names)
    : names_(names),
      newest_(connection, sql_newest_definition),
      last_version_(connection, sql_last_version),
      insert_(connection, sql_insert_definition),
      insert_step_(connection, sql_insert_step),
      set_retired_(connection, sql_set_retired),
      find_newest_(connection, sql_find_newest),
      find_version_(connection, sql_find_version),
      all_(connection, sql_all_definitions) {}

PublishedDefinition DefinitionTable::publish(const std::string& name, const std::string& text, Timestamp now) {
  PublishedDefinition published;
  bool is_same = false;
  {
    SqliteStatement& row = newest_().bind(text).bind(name);
    const StatementReset reset_at_end(row);
    if (row.next()) {
      published.version = static_cast<int>(row.integer());
      is_same = row.integer() != 0;
    }
  }
  if (!is_same) {
    published = {static_cast<int>(first_number(last_version_().bind(name))) + 1, true};
    write_steps(first_number(insert_().bind(name).bind(published.version).bind(text).bind(now)));
  }
  set_retired_().bind(0).bind(name).run();
  return published;
}

void DefinitionTable::write_steps(std::int64_t number) {
  const DefinitionPointer definition = names_.published(number);
  if (!definition) sql::fail_as_bug("a definition that was checked cannot be read");
  std::int64_t position = 0;
  for (const StepDefinition& step : definition->steps)
    insert_step_().bind(number).bind(position++).bind(step.name).bind(step.compensated_as).bind(step.listed).run();
}

bool DefinitionTable::retire(const std::string& name) {
  if (!find(name, std::nullopt)) return false;
  set_retired_().bind(1).bind(name).run();
  return true;
}

std::optional<StoredDefinition> DefinitionTable::find(const std::string& name, std::optional<int> version) {
  SqliteStatement& row = version ? find_version_().bind(name).bind(*version) : find_newest_().bind(name);
  std::vector<StoredDefinition> found = read(row);
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

std::vector<StoredDefinition> DefinitionTable::all() {
  return read(all_());
}

std::vector<StoredDefinition> DefinitionTable::read(SqliteStatement& row) {
  const StatementReset reset_at_end(row);
  std::vector<StoredDefinition> list;
  while (row.next())
    if (StoredDefinition stored = sql::read_definition(row, names_); stored.definition)
      list.push_back(std::move(stored));
  return list;
}

CallTable::CallTable(SqliteConnection& connection, sql::InternedNames& names)
    : names_(names), insert_(connection, sql_insert_call), of_flow_(connection, sql_calls_of_flow) {}

void CallTable::insert(std::int64_t flow, const CallRecord& record) {
  insert_()
      .bind(flow)
      .bind(static_cast<std::int64_t>(record.step))
      .bind(static_cast<int>(record.direction))
      .bind(record.execution)
      .bind(record.tries)
      .bind(record.is_question)
      .bind(static_cast<int>(record.outcome))
      .bind(record.status)
      .bind(record.answer)
      .bind(record.at)
      .bind(record.took.count())
      .bind(names_.number_of_node(record.node))
      .run();
}

std::vector<CallRecord> CallTable::of_flow(std::int64_t flow) {
  SqliteStatement& row = of_flow_().bind(flow);
  const StatementReset reset_at_end(row);
  return sql::read_all(row, [&](SqliteStatement& each) { return sql::read_call(each, names_); });
}

SearchTable::SearchTable(SqliteConnection& connection) : insert_(connection, sql_insert_search) {}

void SearchTable::insert(std::int64_t flow, const Saga& saga) {
  for (const auto& [path, value] : search_values(saga)) {
    const KeyDigest key = search_key(saga.type, path, value);
    insert_().bind_bytes(key).bind(flow).run();
  }
}

}  // namespace sagactl::sqlite
