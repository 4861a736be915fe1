#include "server/adapters/postgres/tables/flow_table.hpp"

#include <fmt/format.h>

#include <array>
#include <map>
#include <mutex>
#include <span>

#include "server/adapters/sql/spellings.hpp"
#include "server/participants/item_text.hpp"
#include "server/participants/reservation_text.hpp"

namespace sagactl::postgres {
namespace {

struct FlowColumn {
  std::string_view name;
  ParameterType type;
};

// In the order in which they are written and read.
constexpr FlowColumn order_origin[] = {
    {"user_id", ParameterType::uuid},         {"items", ParameterType::text},
    {"total", ParameterType::bigint},         {"address", ParameterType::text},
    {"idempotency_key", ParameterType::text}, {"fencing_token", ParameterType::bigint},
    {"order_node", ParameterType::smallint},  {"order_created", ParameterType::bigint},
    {"customer", ParameterType::text}};
constexpr FlowColumn order_state[] = {
    {"order_status", ParameterType::smallint}, {"holds_key", ParameterType::boolean},
    {"payment_id", ParameterType::text},       {"cancel_reason", ParameterType::text},
    {"order_version", ParameterType::integer}, {"order_updated", ParameterType::bigint}};
constexpr FlowColumn saga_origin[] = {{"definition", ParameterType::smallint},
                                      {"correlation", ParameterType::text},
                                      {"trace_parent", ParameterType::text},
                                      {"saga_created", ParameterType::bigint}};
constexpr FlowColumn saga_state[] = {{"saga_status", ParameterType::smallint}, {"steps", ParameterType::text},
                                     {"step_errors", ParameterType::text},     {"error", ParameterType::text},
                                     {"manual", ParameterType::boolean},       {"wake_at", ParameterType::bigint},
                                     {"retries", ParameterType::text},         {"owner_node", ParameterType::smallint},
                                     {"owner_epoch", ParameterType::bigint},   {"tries", ParameterType::integer},
                                     {"saga_version", ParameterType::integer}, {"saga_updated", ParameterType::bigint}};
constexpr FlowColumn payments[] = {{"payments", ParameterType::text}, {"payment_facts", ParameterType::text}};
constexpr FlowColumn barriers[] = {{"barriers", ParameterType::text}};
constexpr FlowColumn reservations[] = {{"reservations", ParameterType::text}, {"expires_at", ParameterType::bigint}};

constexpr FlowColumn own_origin[] = {{"input", ParameterType::text},
                                     {"saga_key", ParameterType::text},
                                     {"own_definition", ParameterType::text},
                                     {"first_step", ParameterType::smallint}};
constexpr FlowColumn own_state[] = {{"kept", ParameterType::text}};
constexpr FlowColumn lra[] = {{"own_definition", ParameterType::text}};
constexpr FlowColumn writer[] = {{"last_writer", ParameterType::smallint}};

constexpr FlowPart all_parts[] = {part_order_origin, part_order,    part_saga_origin,  part_saga,
                                  part_payments,     part_barriers, part_reservations, part_writer,
                                  part_own_origin,   part_own,      part_lra};

std::span<const FlowColumn> columns_of(FlowPart part) {
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
    case part_own_origin:
      return own_origin;
    case part_own:
      return own_state;
    case part_lra:
      return lra;
    case part_same_owner:
    case part_all:
      break;
  }
  return {};
}

std::vector<FlowColumn> columns_of(unsigned parts) {
  std::vector<FlowColumn> list;
  for (const FlowPart part : all_parts)
    if (parts & part) {
      const auto columns = columns_of(part);
      list.insert(list.end(), columns.begin(), columns.end());
    }
  return list;
}

// The types of the columns of flow_row: the id, and those of all parts but part_lra, which has one of part_own_origin.
const std::vector<ParameterType>& flow_row_columns() {
  static const std::vector<ParameterType> types = [] {
    std::vector<ParameterType> list = {ParameterType::uuid};
    for (const FlowPart part : all_parts)
      if (part != part_lra)
        for (const FlowColumn& column : columns_of(part)) list.push_back(column.type);
    return list;
  }();
  return types;
}

std::string names_of(const std::vector<FlowColumn>& columns, std::string_view prefix) {
  std::string text;
  for (const FlowColumn& column : columns) text += fmt::format("{}{}{}", text.empty() ? "" : ", ", prefix, column.name);
  return text;
}

PostgresStatement make_insert(unsigned parts, const std::vector<FlowColumn>& columns) {
  return {fmt::format("flow_insert_{}", parts),
          fmt::format("INSERT INTO flow (id, {}) SELECT id, {} FROM unnest($1::flow_row[])", names_of(columns, ""),
                      names_of(columns, ""))};
}

PostgresStatement make_update(unsigned parts, const std::vector<FlowColumn>& columns) {
  std::string assignments;
  for (const FlowColumn& column : columns) {
    if (parts & part_same_owner && column.name.starts_with("owner_")) continue;
    assignments += fmt::format("{}{} = c.{}", assignments.empty() ? "" : ", ", column.name, column.name);
  }
  return {fmt::format("flow_update_{}", parts),
          fmt::format("UPDATE flow AS f SET {} FROM unnest($1::flow_row[]) AS c WHERE f.id = c.id", assignments)};
}

// Every statement is built once.
const PostgresStatement& statement_of(FlowWriter::Mode mode, unsigned parts) {
  static std::mutex mutex;
  static std::map<std::pair<FlowWriter::Mode, unsigned>, PostgresStatement> built;
  const std::lock_guard lock(mutex);
  const auto known = built.find({mode, parts});
  if (known != built.end()) return known->second;
  const auto columns = columns_of(parts);
  PostgresStatement statement =
      mode == FlowWriter::Mode::insert ? make_insert(parts, columns) : make_update(parts, columns);
  return built.emplace(std::pair{mode, parts}, std::move(statement)).first->second;
}

}  // namespace

FlowWriter::FlowWriter(Mode mode, unsigned parts, std::uint32_t row_type)
    : mode_(mode), parts_(parts), rows_(bytes_, row_type, flow_row_columns()) {}

void FlowWriter::put(std::int64_t number) {
  rows_.add(number);
}
void FlowWriter::put(std::string_view text) {
  rows_.add(text);
}
void FlowWriter::put(const Uuid& id) {
  rows_.add(id);
}
void FlowWriter::put_unless_empty(std::string_view text) {
  if (text.empty())
    rows_.add_null();
  else
    put(text);
}
void FlowWriter::add_nulls(FlowPart part) {
  for (std::size_t i = columns_of(part).size(); i > 0; --i) rows_.add_null();
}

void FlowWriter::add(const FlowChange& change, sql::InternedNames& names) {
  rows_.begin();
  put(change.id.uuid);
  for (const FlowPart part : all_parts) {
    if (part == part_own_origin && parts_ & part_lra)
      add_grown_definition(*change.saga);
    else if (part == part_lra)
      continue;
    else if (!(parts_ & part))
      add_nulls(part);
    else if (part == part_payments)
      add_payments(change);
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
    else if (part == part_own_origin)
      add_own_origin(*change.saga);
    else if (part == part_own)
      add_own(*change.saga);
    else
      add_saga(*change.saga, names);
  }
}

// In the place of part_own_origin.
void FlowWriter::add_grown_definition(const Saga& saga) {
  rows_.add_null();  // input
  rows_.add_null();  // saga_key
  add_definition(saga);
  rows_.add_null();  // first_step
}

void FlowWriter::add_payments(const FlowChange& change) {
  put_unless_empty(change.payments);
  put_unless_empty(change.payment_facts);
}

void FlowWriter::add_reservations(const Changes::Reservations* reservations) {
  put_unless_empty(reservations ? to_text(*reservations->all) : std::string());
  if (reservations && reservations->next_check_at)
    put(reservations->next_check_at->us);
  else
    rows_.add_null();
}

void FlowWriter::add_order_origin(const Order& order, sql::InternedNames& names) {
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

void FlowWriter::add_order(const Order& order) {
  put(static_cast<int>(order.status));
  put(std::int64_t{order.holds_key});
  put_unless_empty(order.payment_id);
  put_unless_empty(order.cancel_reason);
  put(order.version);
  put(order.updated_at.us);
}

void FlowWriter::add_saga_origin(const Saga& saga, sql::InternedNames& names) {
  put(names.number_of_definition(saga));
  put_unless_empty(saga.correlation);
  put_unless_empty(saga.trace_parent);
  put(saga.created_at.us);
}

void FlowWriter::add_own_origin(const Saga& saga) {
  const bool is_inline = saga.own_definition && saga.own_definition->is_inline;
  put(std::string_view(saga.input));
  put_unless_empty(saga.key);
  add_definition(saga);
  if (const auto first = is_inline ? sql::first_step_of(*saga.own_definition.definition) : 0; first != 0)
    put(first);
  else
    rows_.add_null();
}

void FlowWriter::add_definition(const Saga& saga) {
  const bool is_inline = saga.own_definition && saga.own_definition->is_inline;
  put_unless_empty(is_inline ? std::string_view(saga.own_definition->text) : std::string_view());
}

void FlowWriter::add_own(const Saga& saga) {
  sql::write_kept(saga, text_);
  put_unless_empty(text_);
}

void FlowWriter::add_saga(const Saga& saga, sql::InternedNames& names) {
  put(static_cast<int>(saga.status));
  sql::write_steps(saga, names, text_);
  put(std::string_view(text_));
  sql::write_step_errors(saga, text_);
  put_unless_empty(text_);
  put_unless_empty(saga.error);
  put(std::int64_t{saga.requires_manual_intervention});
  if (saga.wake_at)
    put(saga.wake_at->us);
  else
    rows_.add_null();
  sql::write_retries(saga, text_);
  put_unless_empty(text_);
  put(names.number_of_node(saga.owner.node));
  put(saga.owner.epoch);
  put(tries_of_current_step(saga));
  put(saga.version);
  put(saga.updated_at.us);
}

void FlowWriter::send(PostgresConnection& connection) {
  rows_.end();
  connection.send(statement_of(mode_, parts_), Parameters().add_bytes(std::move(bytes_)));
}

const std::string& flow_columns() {
  static const std::string columns = "f.id, " + names_of(columns_of(part_order | part_order_origin), "f.") + ", " +
                                     names_of(columns_of(part_saga | part_saga_origin), "f.") +
                                     ", f.input, f.saga_key, f.own_definition, f.kept, f.payments, f.barriers, "
                                     "f.reservations, f.last_writer, f.payment_facts";
  return columns;
}

}  // namespace sagactl::postgres
