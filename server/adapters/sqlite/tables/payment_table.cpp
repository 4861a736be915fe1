#include "server/adapters/sqlite/tables/payment_table.hpp"

#include <fmt/format.h>

#include "server/adapters/sqlite/file/sqlite_failure.hpp"

namespace sagactl::sqlite {
namespace {

constexpr std::string_view payment_columns =
    "key, id, user, amount, method, created, status, external_transaction_id, failure_reason, provider_key, node, "
    "version, updated, charge_began, charge_pending, check_at, check_tries, provider_method, receipt_url, approved";
constexpr int payment_column_count = 20;
const std::string sql_insert_payment =
    fmt::format("INSERT OR FAIL INTO payment ({}) {}", payment_columns, select_given_rows(payment_column_count));
constexpr std::string_view sql_update =
    "UPDATE payment SET status = ?, external_transaction_id = ?, failure_reason = ?, provider_key = ?, node = ?, "
    "version = ?, "
    "updated = ?, charge_began = ?, charge_pending = ?, check_at = ?, check_tries = ?, "
    "provider_method = ?, receipt_url = ?, approved = ? WHERE key = ?";
const std::string sql_read_payment =
    fmt::format("SELECT {} FROM payment WHERE key BETWEEN ? AND ? ORDER BY key", payment_columns);
const std::string sql_by_flow_payment =
    fmt::format("SELECT flow, {} FROM payment WHERE key >= ? << 12 ORDER BY key", payment_columns);

std::int64_t key_of(std::int64_t flow, int execution) {
  if (execution < 0 || execution > PaymentTable::execution_max)
    sql::fail_as_bug(
        fmt::format("execution {} to pay is not between 0 and {}", execution, PaymentTable::execution_max));
  return flow << 12 | execution;
}

// What changes after a payment has been created, in the order in which both statements have it.
template <class Parameters>
Parameters& bind_state(Parameters& parameters, const Payment& payment, sql::InternedNames& names) {
  parameters.bind(static_cast<int>(payment.status))
      .bind_unless_empty(payment.external_transaction_id)
      .bind_unless_empty(payment.failure_reason)
      .bind_unless_empty(payment.provider_key)
      .bind(names.number_of_node(payment.node))
      .bind(payment.version)
      .bind(payment.updated_at);
  if (payment.charge_began_at == Timestamp{})
    parameters.bind_null();
  else
    parameters.bind((payment.charge_began_at - payment.created_at).count());
  parameters.bind(payment.charge_pending);
  if (payment.check)
    parameters.bind(payment.check->at).bind(payment.check->tries);
  else
    parameters.bind_null().bind_null();
  parameters.bind_unless_empty(payment.facts.method).bind_unless_empty(payment.facts.receipt_url);
  return payment.facts.approved_at == Timestamp{} ? parameters.bind_null() : parameters.bind(payment.facts.approved_at);
}

}  // namespace

PaymentTable::PaymentTable(SqliteConnection& connection, sql::InternedNames& names)
    : names_(names),
      insert_(connection, sql_insert_payment),
      update_(connection, sql_update),
      read_(connection, sql_read_payment),
      connection_(connection) {}

void PaymentTable::insert(const PartsOfFlows<Payment>& payments) {
  if (payments.empty()) return;
  GivenRows rows(payment_column_count, payments.size());
  for (const auto& [flow, payment] : payments) {
    rows.bind(key_of(flow, payment->execution))
        .bind(payment->id)
        .bind(payment->user)
        .bind(payment->amount.cents)
        .bind(static_cast<int>(payment->method))
        .bind(payment->created_at);
    bind_state(rows, *payment, names_);
  }
  insert_().bind_rows(rows).run();
}

void PaymentTable::update(std::int64_t flow, const Payment& payment) {
  bind_state(update_(), payment, names_).bind(key_of(flow, payment.execution)).change_one("a payment");
}

void PaymentTable::read(std::int64_t flow, OrderId order, std::vector<Payment>& payments) {
  SqliteStatement& row = read_().bind(key_of(flow, 0)).bind(key_of(flow, execution_max));
  const StatementReset reset_at_end(row);
  while (row.next()) payments.push_back(read_row(row, order));
}

RowsByFlow PaymentTable::by_flow() {
  return {connection_, sql_by_flow_payment};
}

Payment PaymentTable::read_row(SqliteStatement& row, OrderId order) {
  Payment payment;
  payment.execution = static_cast<int>(row.integer() & execution_max);
  payment.id = {row.uuid()};
  payment.order = order;
  payment.user = {row.uuid()};
  payment.amount = {row.integer()};
  payment.method = static_cast<PaymentMethod>(row.integer());
  payment.created_at = row.time();
  payment.status = static_cast<PaymentStatus>(row.integer());
  payment.external_transaction_id = row.text();
  payment.failure_reason = row.text();
  payment.provider_key = row.text();
  payment.node = names_.node(row.integer());
  payment.version = static_cast<int>(row.integer());
  payment.updated_at = row.time();
  if (row.is_null())
    row.skip();
  else
    payment.charge_began_at = payment.created_at + Duration{row.integer()};
  payment.charge_pending = row.integer() != 0;
  if (row.is_null()) {
    row.skip();
    row.skip();
  } else {
    payment.check.emplace().at = row.time();
    payment.check->tries = static_cast<int>(row.integer());
  }
  payment.facts.method = row.text();
  payment.facts.receipt_url = row.text();
  if (!row.is_null()) payment.facts.approved_at = row.time();
  return payment;
}

}  // namespace sagactl::sqlite
