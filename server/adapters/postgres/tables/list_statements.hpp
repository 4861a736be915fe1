// The statements of listings, composed from their filters.
#pragma once

#include "server/adapters/postgres/pipeline/postgres_connection.hpp"
#include "server/adapters/sql/flow_selection.hpp"

namespace sagactl::postgres {

// The pattern for LIKE of a text in which * stands for any text.
std::string like_pattern(std::string_view text);

inline constexpr sql::FlowDialect flow_dialect = {
    "user_id",
    "strpos",
    "(f.steps::jsonb -> {} ->> 0)::integer",
    "EXISTS (SELECT 1 FROM jsonb_array_elements(f.steps::jsonb) WITH ORDINALITY AS t(state, number) JOIN step AS s ON "
    "s.definition = f.definition AND s.position = t.number - 1 + coalesce(f.first_step, 0) WHERE s.name = {} AND "
    "(t.state ->> 0)::integer IN (1, 4))",
    "f.id IN (SELECT flow FROM claim WHERE key IN ({0}))",
    "f.id IN (SELECT flow FROM search_value WHERE key IN ({0}))",
    "",
    "EXISTS (SELECT 1 FROM jsonb_array_elements(f.steps::jsonb) WITH ORDINALITY AS t(state, number) JOIN step AS s ON "
    "s.definition = f.definition AND s.position = t.number - 1 + coalesce(f.first_step, 0) WHERE s.name = {} AND "
    "((t.state ->> 0)::integer = 3 OR (f.saga_status = 2 AND (t.state ->> 0)::integer IN (1, 4))))",
    "f.error LIKE {}",
    like_pattern};

// Send the statement of a page, with rows for read_flow; and of the number of all that match. `has_imported`: whether
// there may be flows whose ids do not begin with their time.
void send_page(PostgresConnection& connection, sql::FlowSelection selection, const Page& page, bool has_imported);
void send_count(PostgresConnection& connection, const sql::FlowSelection& selection);

// Sends the statement that finds the newest events that match.
void send_event_search(PostgresConnection& connection, const EventFilter& filter);

}  // namespace sagactl::postgres
