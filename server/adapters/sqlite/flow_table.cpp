#include "server/adapters/sqlite/flow_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "server/adapters/sqlite/failure.hpp"
#include "server/participants/item_text.hpp"
#include "server/participants/reservation_text.hpp"

namespace sagactl::sqlite {
namespace {

// What never changes of an order, and what may; the same of a saga.
const std::string order_origin =
    "user, items, total, address, idempotency_key, fencing_token, order_node, order_created, customer";
const std::string order_state =
    "order_status, holds_key, payment_id, cancel_reason, order_version, order_updated";
const std::string saga_origin = "definition, correlation, trace_parent, saga_created";
const std::string saga_state =
    "saga_status, steps, step_errors, error, manual, wake_at, retries, owner_node, owner_epoch, tries, "
    "saga_version, "
    "saga_updated";
const std::string order_columns = order_origin + ", " + order_state,
                  saga_columns = saga_origin + ", " + saga_state;
const std::string reservation_columns = "reservations, expires_at";
constexpr int order_column_count = 15, saga_column_count = 16;

// "?, ?, ?": as many as there are columns.
std::string places(const std::string& columns) {
  std::string text = "?";
  for (auto left = std::count(columns.begin(), columns.end(), ','); left > 0; --left) text += ", ?";
  return text;
}

std::string assignment(const std::string& columns) {
  return "(" + columns + ") = (" + places(columns) + ")";
}

const std::string all_columns = "no, id, " + order_columns + ", " + saga_columns + ", " + reservation_columns + ", last_writer";
const std::string sql_find_flow = "SELECT no FROM flow WHERE id = ?";
const std::string sql_read_by_id = "SELECT " + all_columns + " FROM flow WHERE id = ?";
const std::string sql_read_by_number = "SELECT " + all_columns + " FROM flow WHERE no = ?";
const std::string sql_insert_flow = "INSERT INTO flow (" + all_columns + ") VALUES (" + places(all_columns) + ")";
const std::string sql_fill_order = "UPDATE flow SET " + assignment(order_columns) + " WHERE no = ?";
const std::string sql_fill_saga = "UPDATE flow SET " + assignment(saga_columns) + " WHERE no = ?";
const std::string sql_update_order = "UPDATE flow SET " + assignment(order_state) + " WHERE no = ?";
const std::string sql_update_saga = "UPDATE flow SET " + assignment(saga_state) + " WHERE no = ?";
const std::string sql_update_both =
    "UPDATE flow SET " + assignment(order_state) + ", " + assignment(saga_state) + " WHERE no = ?";

const std::string sql_drop_if_empty =
    "DELETE FROM flow WHERE no = ?1 AND order_status IS NULL AND saga_status IS NULL AND expires_at IS NULL "
    "AND NOT EXISTS (SELECT 1 FROM payment WHERE key BETWEEN ?1 << 12 AND (?1 + 1 << 12) - 1) "
    "AND NOT EXISTS (SELECT 1 FROM event WHERE flow = ?1)";
const std::string sql_set_writer = "UPDATE flow SET last_writer = ? WHERE no = ?";
const std::string sql_update_reservations = "UPDATE flow SET " + assignment(reservation_columns) + " WHERE no = ?";

void append(std::string& text, std::int64_t number) {
  const fmt::format_int digits(number);
  text.append(digits.data(), digits.size());
}

void append_offset(std::string& text, Timestamp time, Timestamp origin) {
  if (time == Timestamp{})
    text += "null";
  else
    append(text, (time - origin).count());
}

// Reads the numbers of `steps` one after the other, whatever stands between them.
class Numbers {
 public:
  explicit Numbers(std::string_view text) : text_(text) {}

  // Whether another step begins; the outermost bracket is passed as well.
  bool next_step() {
    const auto begin = text_.find('[', at_);
    if (begin == std::string_view::npos) return false;
    at_ = begin + 1;
    return true;
  }
  std::optional<std::int64_t> next() {
    while (at_ < text_.size() && (text_[at_] == ',' || text_[at_] == '[')) ++at_;
    std::int64_t value = 0;
    const char* begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error == std::errc()) {
      at_ += static_cast<std::size_t>(end - begin);
      return value;
    }
    at_ = std::min(text_.find_first_of(",]", at_), text_.size());  // null
    return std::nullopt;
  }
  Timestamp next_time(Timestamp origin) {
    const auto offset = next();
    return offset ? origin + Duration{*offset} : Timestamp{};
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

Json parse_stored(std::string_view text) {
  Json json = read_json(text);
  if (json.is_discarded()) fail_as_bug("stored JSON cannot be read");
  return json;
}

void read_step_errors(std::string_view text, Saga& saga) {
  const Json errors = parse_stored(text);
  for (std::size_t i = 0; i < saga.steps.size() && i < errors.size(); ++i)
    saga.steps[i].error = errors[i].get<std::string>();
}

void read_retries(std::string_view text, Saga& saga) {
  for (const Json& retry : parse_stored(text))
    saga.retries.push_back(
        {{retry.at(0).get<std::int64_t>()}, retry.at(1).get<std::string>(), retry.at(2).get<std::string>()});
}

}  // namespace

const std::string& FlowTable::columns() {
  return all_columns;
}

FlowTable::FlowTable(Connection& connection, Names& names)
    : names_(names),
      find_(connection, sql_find_flow),
      read_by_id_(connection, sql_read_by_id),
      read_by_number_(connection, sql_read_by_number),
      insert_(connection, sql_insert_flow),
      fill_order_(connection, sql_fill_order),
      fill_saga_(connection, sql_fill_saga),
      update_order_(connection, sql_update_order),
      update_saga_(connection, sql_update_saga),
      update_both_(connection, sql_update_both),
      update_reservations_(connection, sql_update_reservations),
      set_writer_(connection, sql_set_writer),
      drop_(connection, sql_drop_if_empty) {}

std::int64_t FlowTable::find(OrderId id) {
  Statement& row = find_().bind(id);
  const Reading reading(row);
  return row.next() ? row.integer() : 0;
}

std::int64_t FlowTable::read(OrderId id, Flow& flow, bool& has_order) {
  Statement& row = read_by_id_().bind(id);
  const Reading reading(row);
  return row.next() ? read_row(row, flow, has_order) : 0;
}

bool FlowTable::read(std::int64_t number, Flow& flow, bool& has_order) {
  Statement& row = read_by_number_().bind(number);
  const Reading reading(row);
  return row.next() && read_row(row, flow, has_order) != 0;
}

std::int64_t FlowTable::read_row(Statement& row, Flow& flow, bool& has_order) {
  const std::int64_t number = row.integer();
  flow.order.id = {row.uuid()};
  has_order = !row.is_null();
  if (has_order)
    read_order(row, flow.order);
  else
    for (int i = 0; i < order_column_count; ++i) row.skip();
  if (!row.is_null()) {
    Saga& saga = flow.saga.emplace();
    saga.id = saga_of(flow.order.id);
    read_saga(row, saga);
  } else {
    for (int i = 0; i < saga_column_count; ++i) row.skip();
  }
  auto reservations = read_reservations(row.text());
  if (!reservations) throw Failure{std::move(reservations).error()};
  flow.reservations = std::move(*reservations);
  row.skip();  // expires_at: for those that look for it
  flow.writer = row.is_null() ? flow.order.node : names_.node(row.integer());
  return number;
}

void FlowTable::insert(std::int64_t number, OrderId id, const Order* order, const Saga* saga,
                       const Changes::Reservations* reservations) {
  Statement& statement = insert_().bind(number).bind(id);
  if (order)
    bind_order(statement, *order);
  else
    for (int i = 0; i < order_column_count; ++i) statement.bind_null();
  if (saga)
    bind_saga(statement, *saga);
  else
    for (int i = 0; i < saga_column_count; ++i) statement.bind_null();
  if (reservations)
    bind_reservations(statement, *reservations);
  else
    statement.bind_null().bind_null();
  statement.bind_null();  // its writer is the order's node
  statement.run();
}

void FlowTable::drop_if_empty(std::int64_t number) {
  drop_().bind(number).run();
}

void FlowTable::set_writer(std::int64_t number, std::int64_t node) {
  set_writer_().bind(node).bind(number).change_one("the writer of a flow");
}

void FlowTable::update(std::int64_t number, const Changes::Reservations& reservations) {
  Statement& statement = update_reservations_();
  bind_reservations(statement, reservations);
  statement.bind(number).change_one("the reservations of an order");
}

void FlowTable::bind_reservations(Statement& statement, const Changes::Reservations& reservations) {
  reservations_ = to_text(*reservations.all);
  statement.bind_unless_empty(reservations_);
  if (reservations.next_check_at)
    statement.bind(*reservations.next_check_at);
  else
    statement.bind_null();
}

void FlowTable::fill(std::int64_t number, const Order& order) {
  Statement& statement = fill_order_();
  bind_order(statement, order);
  statement.bind(number).change_one("an order");
}

void FlowTable::fill(std::int64_t number, const Saga& saga) {
  Statement& statement = fill_saga_();
  bind_saga(statement, saga);
  statement.bind(number).change_one("a saga");
}

void FlowTable::update(std::int64_t number, const Order& order) {
  Statement& statement = update_order_();
  bind_order_state(statement, order);
  statement.bind(number).change_one("an order");
}

void FlowTable::update(std::int64_t number, const Saga& saga) {
  Statement& statement = update_saga_();
  bind_saga_state(statement, saga);
  statement.bind(number).change_one("a saga");
}

void FlowTable::update(std::int64_t number, const Order& order, const Saga& saga) {
  Statement& statement = update_both_();
  bind_order_state(statement, order);
  bind_saga_state(statement, saga);
  statement.bind(number).change_one("a flow");
}

void FlowTable::bind_order(Statement& statement, const Order& order) {
  items_ = to_json_text(order.items);
  statement.bind(order.user).bind(items_).bind(order.total.cents).bind(order.address);
  idempotency_key_.bind(statement, order.idempotency_key);
  statement.bind(order.fencing_token).bind(names_.number_of_node(order.node)).bind(order.created_at);
  statement.bind_unless_empty(order.customer);
  bind_order_state(statement, order);
}

void FlowTable::bind_order_state(Statement& statement, const Order& order) {
  statement.bind(static_cast<int>(order.status)).bind(order.holds_key);
  payment_id_.bind(statement, order.payment_id);
  statement.bind_unless_empty(order.cancel_reason).bind(order.version).bind(order.updated_at);
}

void FlowTable::write_steps(const Saga& saga) {
  steps_ = "[";
  bool has_errors = false;
  for (const StepState& step : saga.steps) {
    steps_ += steps_.size() > 1 ? ",[" : "[";
    for (const std::int64_t number : {std::int64_t{static_cast<int>(step.status)}, std::int64_t{step.execution},
                                      std::int64_t{step.tries}, std::int64_t{step.in_doubt}}) {
      append(steps_, number);
      steps_ += ',';
    }
    append_offset(steps_, step.began_at, saga.created_at);
    steps_ += ',';
    append_offset(steps_, step.ended_at, saga.created_at);
    steps_ += ',';
    append(steps_, names_.number_of_node(step.node));
    steps_ += ']';
    has_errors |= !step.error.empty();
  }
  steps_ += ']';
  step_errors_.clear();
  if (has_errors) {
    Json errors = Json::array();
    for (const StepState& step : saga.steps) errors.push_back(step.error);
    step_errors_ = json_text(errors);
  }
  retries_.clear();
  if (!saga.retries.empty()) {
    Json retries = Json::array();
    for (const OperatorRetry& retry : saga.retries)
      retries.push_back(Json::array({retry.at.us, retry.from_step, retry.by}));
    retries_ = json_text(retries);
  }
}

void FlowTable::bind_saga(Statement& statement, const Saga& saga) {
  statement.bind(names_.number_of_definition(saga.type, saga.definition_version));
  correlation_.bind(statement, saga.correlation);
  statement.bind_unless_empty(saga.trace_parent).bind(saga.created_at);
  bind_saga_state(statement, saga);
}

void FlowTable::bind_saga_state(Statement& statement, const Saga& saga) {
  write_steps(saga);
  statement.bind(static_cast<int>(saga.status))
      .bind(steps_)
      .bind_unless_empty(step_errors_)
      .bind_unless_empty(saga.error)
      .bind(saga.requires_manual_intervention);
  if (saga.wake_at)
    statement.bind(*saga.wake_at);
  else
    statement.bind_null();
  statement.bind_unless_empty(retries_)
      .bind(names_.number_of_node(saga.owner.node))
      .bind(saga.owner.epoch)
      .bind(tries_of_current_step(saga))
      .bind(saga.version)
      .bind(saga.updated_at);
}

void FlowTable::read_order(Statement& row, Order& order) {
  order.user = {row.uuid()};
  auto items = read_items(row.text());
  if (!items) throw Failure{std::move(items).error()};
  order.items = std::move(*items);
  order.total = {row.integer()};
  order.address = row.text();
  order.idempotency_key = read_compact(row);
  order.fencing_token = row.integer();
  order.node = names_.node(row.integer());
  order.created_at = row.time();
  order.customer = row.text();
  order.status = static_cast<OrderStatus>(row.integer());
  order.holds_key = row.integer() != 0;
  order.payment_id = read_compact(row);
  order.cancel_reason = row.text();
  order.version = static_cast<int>(row.integer());
  order.updated_at = row.time();
}

void FlowTable::read_saga(Statement& row, Saga& saga) {
  const DefinitionName& definition = names_.definition(row.integer());
  saga.type = definition.name;
  saga.definition_version = definition.version;
  saga.correlation = read_compact(row);
  saga.trace_parent = row.text();
  saga.created_at = row.time();
  saga.status = static_cast<SagaStatus>(row.integer());
  read_steps(row.text(), saga);
  if (const std::string_view errors = row.text(); !errors.empty()) read_step_errors(errors, saga);
  saga.error = row.text();
  saga.requires_manual_intervention = row.integer() != 0;
  if (row.is_null())
    row.skip();
  else
    saga.wake_at = row.time();
  if (const std::string_view retries = row.text(); !retries.empty()) read_retries(retries, saga);
  saga.owner.node = names_.node(row.integer());
  saga.owner.epoch = row.integer();
  row.skip();  // tries: for listings
  saga.version = static_cast<int>(row.integer());
  saga.updated_at = row.time();
}

void FlowTable::read_steps(std::string_view text, Saga& saga) {
  Numbers numbers(text);
  numbers.next_step();
  while (numbers.next_step()) {
    StepState& step = saga.steps.emplace_back();
    step.status = static_cast<StepStatus>(numbers.next().value_or(0));
    step.execution = static_cast<int>(numbers.next().value_or(0));
    step.tries = static_cast<int>(numbers.next().value_or(0));
    step.in_doubt = numbers.next().value_or(0) != 0;
    step.began_at = numbers.next_time(saga.created_at);
    step.ended_at = numbers.next_time(saga.created_at);
    step.node = names_.node(numbers.next().value_or(0));
  }
}

}  // namespace sagactl::sqlite
