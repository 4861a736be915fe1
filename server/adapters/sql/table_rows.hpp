// Reads the rows that both SQL schemas hold in the same columns. A Row is positioned at its next column and has the
// members of PostgresRows (server/adapters/postgres/pipeline): is_null, integer, time, text, uuid, skip, and
// read_packed, which reads a text that may be stored in fewer bytes.
#pragma once

#include <string>
#include <utility>

#include "server/adapters/sql/database_failure.hpp"
#include "server/adapters/sql/flow_text.hpp"
#include "server/adapters/sql/interned_names.hpp"
#include "server/participants/flow.hpp"
#include "server/participants/item_text.hpp"
#include "server/participants/reservation_text.hpp"
#include "server/participants/session.hpp"
#include "server/participants/user.hpp"
#include "server/ports/queries.hpp"
#include "server/ports/records.hpp"
#include "server/ports/store.hpp"

namespace sagactl::sql {

// How many columns an order and a saga have within the row of a flow.
inline constexpr int order_column_count = 15, saga_column_count = 16;
// After these, what a user's saga has beside them: input, saga_key, own_definition, kept.
inline constexpr int own_column_count = 4;

template <class Value>
Value value_or_fail(Result<Value> result) {
  if (!result) throw DatabaseFailure{std::move(result).error()};
  return std::move(result).value();
}

// Overwrites all of the order but its id.
template <class Row>
void read_order(Row& row, Order& order, InternedNames& names) {
  order.user = {row.uuid()};
  order.items = value_or_fail(read_items(row.text()));
  order.total = {row.integer()};
  order.address = row.text();
  row.read_packed(order.idempotency_key);
  order.fencing_token = row.integer();
  order.node = names.node(row.integer());
  order.created_at = row.time();
  order.customer = row.text();
  order.status = static_cast<OrderStatus>(row.integer());
  order.holds_key = row.integer() != 0;
  row.read_packed(order.payment_id);
  order.cancel_reason = row.text();
  order.version = static_cast<int>(row.integer());
  order.updated_at = row.time();
}

// Overwrites all of the saga but its id.
template <class Row>
void read_saga(Row& row, Saga& saga, InternedNames& names) {
  const std::int64_t number = row.integer();
  const DefinitionName& definition = names.definition(number);
  saga.type = definition.name;
  saga.definition_version = definition.version;
  row.read_packed(saga.correlation);
  saga.trace_parent = row.text();
  saga.created_at = row.time();
  saga.status = static_cast<SagaStatus>(row.integer());
  const std::string_view steps = row.text(), step_errors = row.text();
  saga.error = row.text();
  saga.requires_manual_intervention = row.integer() != 0;
  saga.wake_at.reset();
  if (row.is_null())
    row.skip();
  else
    saga.wake_at = row.time();
  read_steps(steps, saga, names);
  read_step_errors(step_errors, saga);
  read_retries(row.text(), saga);
  saga.owner.node = names.node(row.integer());
  saga.owner.epoch = row.integer();
  row.skip();  // tries: for listings
  saga.version = static_cast<int>(row.integer());
  saga.updated_at = row.time();
  if (row.is_null()) {
    for (int i = 0; i < own_column_count; ++i) row.skip();
    saga.input.clear();
    saga.key.clear();
    saga.own_definition = {};
    return;
  }
  saga.input = row.text();
  saga.key = row.text();
  const std::string_view text = row.text();  // of an inline definition
  saga.own_definition.definition = text.empty() ? names.published(number) : names.inline_definition(text);
  read_kept(row.text(), saga);
}

// The id, the order and the saga of a flow, which are overwritten: their memory is used again. Returns whether it has
// an order; one that is missing has a nil user.
template <class Row>
bool read_order_and_saga(Row& row, Flow& flow, InternedNames& names) {
  const OrderId id{row.uuid()};
  const bool has_order = !row.is_null();
  if (has_order) {
    read_order(row, flow.order, names);
  } else {
    flow.order = {};
    for (int i = 0; i < order_column_count; ++i) row.skip();
  }
  flow.order.id = id;
  if (!row.is_null()) {
    Saga& saga = flow.saga ? *flow.saga : flow.saga.emplace();
    saga.id = saga_of(id);
    read_saga(row, saga, names);
  } else {
    flow.saga.reset();
    for (int i = 0; i < saga_column_count + own_column_count; ++i) row.skip();
  }
  return has_order;
}

// From the type to the metadata. A nil aggregate stands for the flow's own id. Overwrites the texts of `event`.
template <class Row>
void read_event_facts(Row& row, Event& event) {
  event.type = static_cast<EventType>(row.integer());
  event.aggregate_type = static_cast<AggregateType>(row.integer());
  event.aggregate = row.uuid();
  event.version = static_cast<int>(row.integer());
  event.occurred_at = row.time();
  event.data = row.text();
  event.metadata = row.text();
}

// The same, and then the correlation.
template <class Row>
void read_event_content(Row& row, Event& event) {
  read_event_facts(row, event);
  row.read_packed(event.correlation);
}

// The trace parent and the definition of the event's flow.
template <class Row>
void read_event_flow(Row& row, Event& event, InternedNames& names) {
  event.trace_parent = row.text();
  if (row.is_null())
    row.skip();
  else
    event.saga_type = names.definition(row.integer()).name;
  if (event.aggregate.is_nil()) event.aggregate = event.order.uuid;
}

// A version of a user's definition: its number, when it was published, whether it is retired. Without a definition when
// only a newer build can run it.
template <class Row>
StoredDefinition read_definition(Row& row, InternedNames& names) {
  StoredDefinition stored;
  stored.definition = names.published(row.integer());
  stored.published_at = row.time();
  stored.is_retired = row.integer() != 0;
  return stored;
}

template <class Row>
CallRecord read_call(Row& row, InternedNames& names) {
  CallRecord record;
  record.step = static_cast<std::size_t>(row.integer());
  record.direction = static_cast<Direction>(row.integer());
  record.execution = static_cast<int>(row.integer());
  record.tries = static_cast<int>(row.integer());
  record.is_question = row.integer() != 0;
  record.outcome = static_cast<CallOutcome>(row.integer());
  record.status = static_cast<int>(row.integer());
  record.answer = row.text();
  record.at = row.time();
  record.took = Duration{row.integer()};
  record.node = names.node(row.integer());
  return record;
}

inline constexpr const char* stock_columns =
    "kind, id, name, price, total, available, reserved, sold, node, version, created, updated";

template <class Row>
Stock read_stock(Row& row, InternedNames& names) {
  Stock stock;
  stock.key.kind = static_cast<StockKind>(row.integer());
  stock.key.id = row.text();
  stock.name = row.text();
  stock.price = {row.integer()};
  stock.total = row.integer();
  stock.available = row.integer();
  stock.reserved = row.integer();
  stock.sold = row.integer();
  stock.node = names.node(row.integer());
  stock.version = static_cast<int>(row.integer());
  stock.created_at = row.time();
  stock.updated_at = row.time();
  return stock;
}

inline constexpr const char* account_columns =
    "id, email, password_hash, first_name, last_name, role, status, email_verified, refresh_token_hash, created, "
    "updated, sessions, rights_changed";
// Of an upsert by id: all columns but the id.
inline constexpr const char* account_replacement =
    " ON CONFLICT (id) DO UPDATE SET email = excluded.email, password_hash = excluded.password_hash, first_name = "
    "excluded.first_name, last_name = excluded.last_name, role = excluded.role, status = excluded.status, "
    "email_verified = excluded.email_verified, refresh_token_hash = excluded.refresh_token_hash, created = "
    "excluded.created, updated = excluded.updated, sessions = excluded.sessions, rights_changed = "
    "excluded.rights_changed";

template <class Row>
User read_user(Row& row) {
  User user;
  user.id = {row.uuid()};
  user.email = row.text();
  user.password_hash = row.text();
  user.first_name = row.text();
  user.last_name = row.text();
  user.role = static_cast<Role>(row.integer());
  user.status = static_cast<UserStatus>(row.integer());
  user.email_verified = row.integer() != 0;
  std::string last_hash;
  row.read_packed(last_hash);
  user.created_at = row.time();
  user.updated_at = row.time();
  user.sessions = read_sessions(row.text(), last_hash);
  user.rights_changed_at = row.time();
  return user;
}

template <class Row>
Backlog read_backlog(Row& row) {
  Backlog backlog;
  backlog.node = row.text();
  backlog.published = row.integer();
  backlog.last = row.integer();
  return backlog;
}

// The fifth column says whether the lease has not expired.
template <class Row>
NodeInfo read_node(Row& row) {
  NodeInfo node;
  node.name = row.text();
  node.url = row.text();
  node.epoch = row.integer();
  node.lease_until = row.time();
  node.live = row.integer() != 0;
  node.last_sequence = row.integer();
  node.published = row.integer();
  node.fingerprint = row.text();
  return node;
}

// Columns id, version, created, updated and body.
template <class Row>
StoredRecord read_record(Row& row, const std::string& kind) {
  StoredRecord record;
  record.kind = kind;
  record.id = row.text();
  record.version = row.integer();
  record.created_at = row.time();
  record.updated_at = row.time();
  record.body = row.text();
  return record;
}

// All rows, each by `read(row)`.
template <class Row, class Read>
auto read_all(Row& row, const Read& read) {
  std::vector<decltype(read(row))> list;
  while (row.next()) list.push_back(read(row));
  return list;
}

// The first row by `read(row)`, if there is one.
template <class Row, class Read>
auto read_first(Row& row, const Read& read) -> std::optional<decltype(read(row))> {
  if (!row.next()) return std::nullopt;
  return read(row);
}

}  // namespace sagactl::sql
