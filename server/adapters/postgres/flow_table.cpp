#include "server/adapters/postgres/flow_table.hpp"

#include <fmt/format.h>

#include <array>
#include <map>
#include <mutex>
#include <span>

#include "server/adapters/postgres/flow_text.hpp"
#include "server/participants/item_text.hpp"
#include "server/participants/reservation_text.hpp"

namespace sagactl::postgres {
namespace {

struct Column {
  std::string_view name;
  Type type;
};

// In the order in which they are written and read.
constexpr Column order_origin[] = {{"user_id", Type::uuid},          {"items", Type::text},
                                   {"total", Type::bigint},          {"address", Type::text},
                                   {"idempotency_key", Type::text},  {"fencing_token", Type::bigint},
                                   {"order_node", Type::smallint},   {"order_created", Type::bigint},
                                   {"customer", Type::text}};
constexpr Column order_state[] = {{"order_status", Type::smallint}, {"holds_key", Type::boolean},
                                  {"payment_id", Type::text},       {"cancel_reason", Type::text},
                                  {"order_version", Type::integer}, {"order_updated", Type::bigint}};
constexpr Column saga_origin[] = {{"definition", Type::smallint},
                                  {"correlation", Type::text},
                                  {"trace_parent", Type::text},
                                  {"saga_created", Type::bigint}};
constexpr Column saga_state[] = {{"saga_status", Type::smallint}, {"steps", Type::text},
                                 {"step_errors", Type::text},     {"error", Type::text},
                                 {"manual", Type::boolean},       {"wake_at", Type::bigint},
                                 {"retries", Type::text},         {"owner_node", Type::smallint},
                                 {"owner_epoch", Type::bigint},   {"tries", Type::integer},
                                 {"saga_version", Type::integer}, {"saga_updated", Type::bigint}};
constexpr Column payments[] = {{"payments", Type::text}};
constexpr Column barriers[] = {{"barriers", Type::text}};
constexpr Column reservations[] = {{"reservations", Type::text}, {"expires_at", Type::bigint}};

constexpr Column writer[] = {{"last_writer", Type::smallint}};

constexpr Part all_parts[] = {part_order_origin, part_order,    part_saga_origin,  part_saga,
                              part_payments,     part_barriers, part_reservations, part_writer};

std::span<const Column> columns_of(Part part) {
  switch (part) {
    case part_order_origin:
      return order_origin;
    case part_order:
      return order_state;
    case part_saga_origin:
      return saga_origin;
    case part_saga:
      return saga_state;
    case part_payments:
      return payments;
    case part_barriers:
      return barriers;
    case part_reservations:
      return reservations;
    case part_writer:
      return writer;
    case part_all:
      break;
  }
  return {};
}

std::vector<Column> columns_of(unsigned parts) {
  std::vector<Column> list;
  for (const Part part : all_parts)
    if (parts & part) {
      const auto columns = columns_of(part);
      list.insert(list.end(), columns.begin(), columns.end());
    }
  return list;
}

// "$1::uuid[], $2::text[] ...", the first of which are the ids.
std::string places(const std::vector<Column>& columns) {
  std::string text = "$1::uuid[]";
  for (std::size_t i = 0; i < columns.size(); ++i)
    text += fmt::format(", ${}::{}[]", i + 2, sql_name(columns[i].type));
  return text;
}

std::string names_of(const std::vector<Column>& columns, std::string_view prefix) {
  std::string text;
  for (const Column& column : columns)
    text += fmt::format("{}{}{}", text.empty() ? "" : ", ", prefix, column.name);
  return text;
}

Statement make_insert(const std::vector<Column>& columns) {
  return {"flow_insert",
          fmt::format("INSERT INTO flow (id, {}) SELECT * FROM unnest({})", names_of(columns, ""), places(columns))};
}

Statement make_update(unsigned parts, const std::vector<Column>& columns) {
  std::string assignments;
  for (const Column& column : columns)
    assignments += fmt::format("{}{} = c.{}", assignments.empty() ? "" : ", ", column.name, column.name);
  return {fmt::format("flow_update_{}", parts),
          fmt::format("UPDATE flow AS f SET {} FROM unnest({}) AS c (id, {}) WHERE f.id = c.id", assignments,
                      places(columns), names_of(columns, ""))};
}

// Every statement is made once.
const Statement& statement_of(FlowWriting::Kind kind, unsigned parts) {
  static std::mutex mutex;
  static std::map<std::pair<FlowWriting::Kind, unsigned>, Statement> made;
  const std::lock_guard lock(mutex);
  const auto known = made.find({kind, parts});
  if (known != made.end()) return known->second;
  const auto columns = columns_of(parts);
  Statement statement = kind == FlowWriting::Kind::insert ? make_insert(columns) : make_update(parts, columns);
  return made.emplace(std::pair{kind, parts}, std::move(statement)).first->second;
}

void read_order(Rows& row, Order& order, Names& names) {
  order.user = {row.uuid()};
  auto items = read_items(row.text());
  if (!items) throw Failure{std::move(items).error(), {}, false, false, false};
  order.items = std::move(*items);
  order.total = {row.integer()};
  order.address = row.text();
  order.idempotency_key = row.text();
  order.fencing_token = row.integer();
  order.node = names.node(row.integer());
  order.created_at = row.time();
  order.customer = row.text();
  order.status = static_cast<OrderStatus>(row.integer());
  order.holds_key = row.integer() != 0;
  order.payment_id = row.text();
  order.cancel_reason = row.text();
  order.version = static_cast<int>(row.integer());
  order.updated_at = row.time();
}

void read_saga(Rows& row, Saga& saga, Names& names) {
  const DefinitionName& definition = names.definition(row.integer());
  saga.type = definition.name;
  saga.definition_version = definition.version;
  saga.correlation = row.text();
  saga.trace_parent = row.text();
  saga.created_at = row.time();
  saga.status = static_cast<SagaStatus>(row.integer());
  read_steps(row.text(), saga, names);
  read_step_errors(row.text(), saga);
  saga.error = row.text();
  saga.requires_manual_intervention = row.integer() != 0;
  if (row.is_null())
    row.skip();
  else
    saga.wake_at = row.time();
  read_retries(row.text(), saga);
  saga.owner.node = names.node(row.integer());
  saga.owner.epoch = row.integer();
  row.skip();  // tries: for listings
  saga.version = static_cast<int>(row.integer());
  saga.updated_at = row.time();
}

}  // namespace

FlowWriting::FlowWriting(Kind kind, unsigned parts) : kind_(kind), parts_(parts) {
  columns_.emplace_back(Type::uuid);
  for (const Column& column : columns_of(parts)) columns_.emplace_back(column.type);
}

void FlowWriting::put(std::int64_t number) {
  columns_[at_++].add(number);
}
void FlowWriting::put(std::string_view text) {
  columns_[at_++].add(text);
}
void FlowWriting::put(const Uuid& id) {
  columns_[at_++].add(id);
}
void FlowWriting::put_unless_empty(std::string_view text) {
  if (text.empty())
    columns_[at_++].add_null();
  else
    put(text);
}
void FlowWriting::add_nulls(Part part) {
  for (std::size_t i = columns_of(part).size(); i > 0; --i) columns_[at_++].add_null();
}

void FlowWriting::add(const FlowChange& change, Names& names) {
  at_ = 0;
  put(change.id.uuid);
  for (const Part part : all_parts) {
    if (!(parts_ & part)) continue;
    if (part == part_payments)
      put_unless_empty(change.payments);
    else if (part == part_barriers)
      put_unless_empty(change.barriers);
    else if (part == part_reservations)
      add_reservations(change.reservations);
    else if (part == part_writer)
      put(change.writer);
    else if ((part == part_order_origin || part == part_order) ? !change.order : !change.saga)
      add_nulls(part);
    else if (part == part_order_origin)
      add_order_origin(*change.order, names);
    else if (part == part_order)
      add_order(*change.order);
    else if (part == part_saga_origin)
      add_saga_origin(*change.saga, names);
    else
      add_saga(*change.saga, names);
  }
}

void FlowWriting::add_reservations(const Changes::Reservations* reservations) {
  put_unless_empty(reservations ? to_text(*reservations->all) : std::string());
  if (reservations && reservations->next_check_at)
    put(reservations->next_check_at->us);
  else
    columns_[at_++].add_null();
}

void FlowWriting::add_order_origin(const Order& order, Names& names) {
  put(order.user.uuid);
  put(std::string_view(to_json_text(order.items)));
  put(order.total.cents);
  put(std::string_view(order.address));
  put_unless_empty(order.idempotency_key);
  put(order.fencing_token);
  put(names.number_of_node(order.node));
  put(order.created_at.us);
  put_unless_empty(order.customer);
}

void FlowWriting::add_order(const Order& order) {
  put(static_cast<int>(order.status));
  put(std::int64_t{order.holds_key});
  put_unless_empty(order.payment_id);
  put_unless_empty(order.cancel_reason);
  put(order.version);
  put(order.updated_at.us);
}

void FlowWriting::add_saga_origin(const Saga& saga, Names& names) {
  put(names.number_of_definition(saga.type, saga.definition_version));
  put_unless_empty(saga.correlation);
  put_unless_empty(saga.trace_parent);
  put(saga.created_at.us);
}

void FlowWriting::add_saga(const Saga& saga, Names& names) {
  put(static_cast<int>(saga.status));
  put(std::string_view(steps_text(saga, names)));
  put_unless_empty(step_errors_text(saga));
  put_unless_empty(saga.error);
  put(std::int64_t{saga.requires_manual_intervention});
  if (saga.wake_at)
    put(saga.wake_at->us);
  else
    columns_[at_++].add_null();
  put_unless_empty(retries_text(saga));
  put(names.number_of_node(saga.owner.node));
  put(saga.owner.epoch);
  put(tries_of_current_step(saga));
  put(saga.version);
  put(saga.updated_at.us);
}

void FlowWriting::send(Connection& connection) {
  Parameters parameters;
  for (Array& column : columns_) parameters.add(std::move(column));
  connection.send(statement_of(kind_, parts_), parameters);
}

const std::string& flow_columns() {
  static const std::string columns = "f.id, " + names_of(columns_of(part_order | part_order_origin), "f.") + ", " +
                                     names_of(columns_of(part_saga | part_saga_origin), "f.") +
                                     ", f.payments, f.barriers, f.reservations, f.last_writer";
  return columns;
}

StoredFlow read_flow(Rows& row, Names& names) {
  StoredFlow stored;
  Flow& flow = stored.flow;
  flow.order.id = {row.uuid()};
  stored.has_order = !row.is_null();
  if (stored.has_order)
    read_order(row, flow.order, names);
  else
    for (std::size_t i = std::size(order_origin) + std::size(order_state); i > 0; --i) row.skip();
  if (!row.is_null()) {
    Saga& saga = flow.saga.emplace();
    saga.id = saga_of(flow.order.id);
    read_saga(row, saga, names);
  } else {
    for (std::size_t i = std::size(saga_origin) + std::size(saga_state); i > 0; --i) row.skip();
  }
  flow.payments = read_payments(row.text(), flow.order, names);
  flow.barriers = read_barriers(row.text());
  auto reservations_read = read_reservations(row.text());
  if (!reservations_read) throw Failure{std::move(reservations_read).error(), {}, false, false, false};
  flow.reservations = std::move(*reservations_read);
  flow.writer = row.is_null() ? flow.order.node : names.node(row.integer());
  return stored;
}

}  // namespace sagactl::postgres
