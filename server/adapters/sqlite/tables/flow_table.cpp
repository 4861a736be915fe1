#include "server/adapters/sqlite/tables/flow_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "server/adapters/sql/spellings.hpp"
#include "server/adapters/sql/table_rows.hpp"
#include "server/adapters/sqlite/file/given_rows.hpp"
#include "server/participants/item_text.hpp"
#include "server/participants/reservation_text.hpp"
#include "server/saga/lra_view.hpp"

namespace sagactl::sqlite {
namespace {

// The columns of an order that never change, and those that may; the same of a saga.
const std::string order_origin =
    "user, items, total, address, idempotency_key, fencing_token, order_node, order_created, customer";
const std::string order_state = "order_status, holds_key, payment_id, cancel_reason, order_version, order_updated";
const std::string saga_origin = "definition, correlation, trace_parent, saga_created";
const std::string saga_state =
    "saga_status, steps, step_errors, error, manual, wake_at, retries, owner_node, owner_epoch, tries, "
    "saga_version, "
    "saga_updated";
const std::string order_columns = order_origin + ", " + order_state, saga_columns = saga_origin + ", " + saga_state;
const std::string reservation_columns = "reservations, expires_at";

// "?, ?, ?": as many as there are columns.
std::string places(const std::string& columns) {
  std::string text = "?";
  for (auto left = std::count(columns.begin(), columns.end(), ','); left > 0; --left) text += ", ?";
  return text;
}

std::string assignment(const std::string& columns) {
  return "(" + columns + ") = (" + places(columns) + ")";
}

// Of users' sagas alone: what is read, and what is written when one starts. `kept` changes.
const std::string own_columns = "input, saga_key, own_definition, kept", own_origin = own_columns + ", first_step";
const std::string read_columns = "no, id, " + order_columns + ", " + saga_columns + ", " + own_columns + ", " +
                                 reservation_columns + ", last_writer";
const std::string inserted_columns =
    "no, id, " + order_columns + ", " + saga_columns + ", " + reservation_columns + ", last_writer, " + own_origin;
constexpr int own_origin_count = sql::own_column_count + 1,
              inserted_column_count = 2 + sql::order_column_count + sql::saga_column_count + 3 + own_origin_count;
const std::string sql_find_flow = "SELECT no FROM flow WHERE id = ?";
const std::string sql_find_flows = "SELECT id FROM given_rows(?) CROSS JOIN flow ON id = c1";
const std::string sql_read_by_id = "SELECT " + read_columns + " FROM flow WHERE id = ?";
const std::string sql_read_by_number = "SELECT " + read_columns + " FROM flow WHERE no = ?";
const std::string sql_insert_flows =
    "INSERT OR FAIL INTO flow (" + inserted_columns + ") " + select_given_rows(inserted_column_count);
const std::string sql_fill_order = "UPDATE flow SET " + assignment(order_columns) + " WHERE no = ?";
const std::string sql_fill_saga = "UPDATE flow SET " + assignment(saga_columns) + " WHERE no = ?";
const std::string sql_update_order = "UPDATE flow SET " + assignment(order_state) + " WHERE no = ?";
const std::string sql_update_saga = "UPDATE flow SET " + assignment(saga_state) + " WHERE no = ?";
const std::string sql_set_own = "UPDATE flow SET " + assignment(own_origin) + " WHERE no = ?";
const std::string sql_update_own = "UPDATE flow SET " + assignment(saga_state) + ", kept = ? WHERE no = ?";
const std::string sql_update_lra =
    "UPDATE flow SET " + assignment(saga_state) + ", kept = ?, own_definition = ? WHERE no = ?";
const std::string sql_update_both =
    "UPDATE flow SET " + assignment(order_state) + ", " + assignment(saga_state) + " WHERE no = ?";

const std::string sql_drop_if_empty =
    "DELETE FROM flow WHERE no = ?1 AND order_status IS NULL AND saga_status IS NULL AND expires_at IS NULL "
    "AND NOT EXISTS (SELECT 1 FROM payment WHERE key BETWEEN ?1 << 12 AND (?1 + 1 << 12) - 1) "
    "AND NOT EXISTS (SELECT 1 FROM event_group WHERE flow = ?1)";
const std::string sql_set_writer = "UPDATE flow SET last_writer = ? WHERE no = ?";
const std::string sql_update_reservations = "UPDATE flow SET " + assignment(reservation_columns) + " WHERE no = ?";

}  // namespace

const std::string& FlowTable::columns() {
  return read_columns;
}

FlowTable::FlowTable(SqliteConnection& connection, sql::InternedNames& names)
    : names_(names),
      find_(connection, sql_find_flow),
      find_several_(connection, sql_find_flows),
      read_by_id_(connection, sql_read_by_id),
      read_by_number_(connection, sql_read_by_number),
      insert_(connection, sql_insert_flows),
      fill_order_(connection, sql_fill_order),
      fill_saga_(connection, sql_fill_saga),
      update_order_(connection, sql_update_order),
      update_saga_(connection, sql_update_saga),
      set_own_(connection, sql_set_own),
      update_own_(connection, sql_update_own),
      update_lra_(connection, sql_update_lra),
      update_both_(connection, sql_update_both),
      update_reservations_(connection, sql_update_reservations),
      set_writer_(connection, sql_set_writer),
      drop_(connection, sql_drop_if_empty) {}

std::int64_t FlowTable::find(OrderId id) {
  SqliteStatement& row = find_().bind(id);
  const StatementReset reset_at_end(row);
  return row.next() ? row.integer() : 0;
}

std::unordered_set<OrderId> FlowTable::find(const std::vector<OrderId>& ids) {
  std::unordered_set<OrderId> found;
  if (ids.empty()) return found;
  GivenRows wanted(1, ids.size());
  for (const OrderId id : ids) wanted.bind(id);
  SqliteStatement& row = find_several_().bind_rows(wanted);
  const StatementReset reset_at_end(row);
  while (row.next()) found.insert({row.uuid()});
  return found;
}

std::int64_t FlowTable::read(OrderId id, Flow& flow, bool& has_order) {
  SqliteStatement& row = read_by_id_().bind(id);
  const StatementReset reset_at_end(row);
  return row.next() ? read_row(row, flow, has_order) : 0;
}

bool FlowTable::read(std::int64_t number, Flow& flow, bool& has_order) {
  SqliteStatement& row = read_by_number_().bind(number);
  const StatementReset reset_at_end(row);
  return row.next() && read_row(row, flow, has_order) != 0;
}

std::int64_t FlowTable::read_row(SqliteStatement& row, Flow& flow, bool& has_order) {
  const std::int64_t number = row.integer();
  has_order = sql::read_order_and_saga(row, flow, names_);
  flow.reservations = sql::value_or_fail(read_reservations(row.text()));
  row.skip();  // expires_at: for those that look for it
  flow.writer = row.is_null() ? flow.order.node : names_.node(row.integer());
  return number;
}

void FlowTable::insert(const std::vector<NewFlow>& flows) {
  if (flows.empty()) return;
  GivenRows rows(inserted_column_count, flows.size());
  for (const NewFlow& flow : flows) add(flow, rows);
  insert_().bind_rows(rows).run();
}

void FlowTable::add(const NewFlow& flow, GivenRows& rows) {
  const auto bind_nulls = [&rows](int count) {
    for (int i = 0; i < count; ++i) rows.bind_null();
  };
  rows.bind(flow.number).bind(flow.id);
  flow.order ? bind_order(rows, *flow.order) : bind_nulls(sql::order_column_count);
  flow.saga ? bind_saga(rows, *flow.saga) : bind_nulls(sql::saga_column_count);
  flow.reservations ? bind_reservations(rows, *flow.reservations) : bind_nulls(2);
  if (flow.order)
    rows.bind_null();  // its writer is the order's node
  else
    rows.bind(flow.writer);
  flow.saga&& sql::is_users(*flow.saga) ? bind_own(rows, *flow.saga) : bind_nulls(own_origin_count);
}

void FlowTable::drop_if_empty(std::int64_t number) {
  drop_().bind(number).run();
}

void FlowTable::set_writer(std::int64_t number, std::int64_t node) {
  set_writer_().bind(node).bind(number).change_one("the writer of a flow");
}

void FlowTable::update(std::int64_t number, const Changes::Reservations& reservations) {
  SqliteStatement& statement = update_reservations_();
  bind_reservations(statement, reservations);
  statement.bind(number).change_one("the reservations of an order");
}

template <class Parameters>
void FlowTable::bind_reservations(Parameters& parameters, const Changes::Reservations& reservations) {
  reservations_ = to_text(*reservations.all);
  parameters.bind_unless_empty(reservations_);
  if (reservations.next_check_at)
    parameters.bind(*reservations.next_check_at);
  else
    parameters.bind_null();
}

void FlowTable::fill(std::int64_t number, const Order& order) {
  SqliteStatement& statement = fill_order_();
  bind_order(statement, order);
  statement.bind(number).change_one("an order");
}

void FlowTable::fill(std::int64_t number, const Saga& saga) {
  SqliteStatement& statement = fill_saga_();
  bind_saga(statement, saga);
  statement.bind(number).change_one("a saga");
  if (!sql::is_users(saga)) return;
  SqliteStatement& own = set_own_();
  bind_own(own, saga);
  own.bind(number).change_one("a saga");
}

void FlowTable::update(std::int64_t number, const Order& order) {
  SqliteStatement& statement = update_order_();
  bind_order_state(statement, order);
  statement.bind(number).change_one("an order");
}

void FlowTable::update(std::int64_t number, const Saga& saga) {
  const bool is_users = sql::is_users(saga), grows = is_lra(saga);
  SqliteStatement& statement = (grows ? update_lra_ : is_users ? update_own_ : update_saga_)();
  bind_saga_state(statement, saga);
  if (is_users) bind_kept(statement, saga);
  if (grows) statement.bind(saga.own_definition->text);
  statement.bind(number).change_one("a saga");
}

void FlowTable::update(std::int64_t number, const Order& order, const Saga& saga) {
  SqliteStatement& statement = update_both_();
  bind_order_state(statement, order);
  bind_saga_state(statement, saga);
  statement.bind(number).change_one("a flow");
}

template <class Parameters>
void FlowTable::bind_order(Parameters& parameters, const Order& order) {
  items_ = to_json_text(order.items);
  parameters.bind(order.user).bind(items_).bind(order.total.cents).bind(order.address);
  idempotency_key_.bind(parameters, order.idempotency_key);
  parameters.bind(order.fencing_token).bind(names_.number_of_node(order.node)).bind(order.created_at);
  parameters.bind_unless_empty(order.customer);
  bind_order_state(parameters, order);
}

template <class Parameters>
void FlowTable::bind_order_state(Parameters& parameters, const Order& order) {
  parameters.bind(static_cast<int>(order.status)).bind(order.holds_key);
  payment_id_.bind(parameters, order.payment_id);
  parameters.bind_unless_empty(order.cancel_reason).bind(order.version).bind(order.updated_at);
}

template <class Parameters>
void FlowTable::bind_saga(Parameters& parameters, const Saga& saga) {
  parameters.bind(names_.number_of_definition(saga));
  correlation_.bind(parameters, saga.correlation);
  parameters.bind_unless_empty(saga.trace_parent).bind(saga.created_at);
  bind_saga_state(parameters, saga);
}

template <class Parameters>
void FlowTable::bind_own(Parameters& parameters, const Saga& saga) {
  const bool is_inline = saga.own_definition && saga.own_definition->is_inline;
  parameters.bind(saga.input).bind_unless_empty(saga.key);
  parameters.bind_unless_empty(is_inline ? std::string_view(saga.own_definition->text) : std::string_view());
  bind_kept(parameters, saga);
  const std::int64_t first_step = is_inline ? sql::first_step_of(*saga.own_definition.definition) : 0;
  first_step == 0 ? parameters.bind_null() : parameters.bind(first_step);
}

template <class Parameters>
void FlowTable::bind_kept(Parameters& parameters, const Saga& saga) {
  sql::write_kept(saga, kept_);
  parameters.bind_unless_empty(kept_);
}

template <class Parameters>
void FlowTable::bind_saga_state(Parameters& parameters, const Saga& saga) {
  sql::write_steps(saga, names_, steps_);
  sql::write_step_errors(saga, step_errors_);
  sql::write_retries(saga, retries_);
  parameters.bind(static_cast<int>(saga.status))
      .bind(steps_)
      .bind_unless_empty(step_errors_)
      .bind_unless_empty(saga.error)
      .bind(saga.requires_manual_intervention);
  if (saga.wake_at)
    parameters.bind(*saga.wake_at);
  else
    parameters.bind_null();
  parameters.bind_unless_empty(retries_)
      .bind(names_.number_of_node(saga.owner.node))
      .bind(saga.owner.epoch)
      .bind(tries_of_current_step(saga))
      .bind(saga.version)
      .bind(saga.updated_at);
}

}  // namespace sagactl::sqlite
