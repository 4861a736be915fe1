// The tables of users' own sagas: their definitions, the calls to their participants, and what of their inputs they are
// found by.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/adapters/postgres/pipeline/postgres_connection.hpp"
#include "server/adapters/sql/interned_names.hpp"
#include "server/ports/queries.hpp"
#include "server/ports/store.hpp"

namespace sagactl::postgres {

// In a transaction of its own, one after the other on all nodes. The text has passed check_publishable().
PublishedDefinition publish_definition(PostgresConnection& connection, sql::InternedNames& names,
                                       const std::string& name, const std::string& text);
bool retire_definition(PostgresConnection& connection, const std::string& name);
std::optional<StoredDefinition> find_definition_of(PostgresConnection& connection, sql::InternedNames& names,
                                                   const std::string& name, std::optional<int> version);
std::vector<StoredDefinition> all_definitions(PostgresConnection& connection, sql::InternedNames& names);

// Add rows, by one statement.
void send_calls(PostgresConnection& connection, sql::InternedNames& names,
                const std::vector<std::pair<OrderId, const CallRecord*>>& calls);
void send_search_values(PostgresConnection& connection, const std::vector<const Saga*>& sagas);

std::vector<CallRecord> calls_of(PostgresConnection& connection, sql::InternedNames& names, SagaId id);

}  // namespace sagactl::postgres
