#include "cli/import/source_rows.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text/text.hpp"

namespace sagactl {
namespace {

// What is wrong with a row.
struct Unreadable {
  std::string why;
};

constexpr std::size_t column_text_max = 64 * 1024, order_items_max = 1000;

const Json& member(const Json& row, const char* name) {
  static const Json none;
  const auto found = row.find(name);
  return found == row.end() ? none : *found;
}

// A column that is null, or that the table of an older version does not have, is empty.
std::string column_text(const Json& row, const char* column) {
  const Json& value = member(row, column);
  if (value.is_null()) return {};
  std::string text = value.is_string() ? value.get<std::string>() : json_text(value);
  if (text.size() > column_text_max)
    throw Unreadable{fmt::format("its {} is longer than {} bytes", column, column_text_max)};
  if (!is_utf8(text) || text.find('\0') != std::string::npos)
    throw Unreadable{fmt::format("its {} is not UTF-8 text", column)};
  return text;
}

std::string needed_text(const Json& row, const char* column) {
  std::string text = column_text(row, column);
  if (text.empty()) throw Unreadable{fmt::format("its {} is empty", column)};
  return text;
}

Uuid uuid_of(const Json& row, const char* column) {
  const std::string text = column_text(row, column);
  const auto uuid = read_any_uuid(text);
  if (!uuid || uuid->is_nil()) throw Unreadable{fmt::format("its {} '{}' is not a UUID", column, text)};
  return *uuid;
}

Timestamp time_of(const Json& row, const char* column, Timestamp otherwise) {
  const Json& value = member(row, column);
  return value.is_number_integer() ? Timestamp{value.get<std::int64_t>()} : otherwise;
}

Timestamp needed_time(const Json& row, const char* column) {
  const Json& value = member(row, column);
  if (!value.is_number_integer()) throw Unreadable{fmt::format("its {} is no point in time", column)};
  return {value.get<std::int64_t>()};
}

Money money_of(const Json& json, const std::string& what) {
  const Result<Money> money = json.is_string() ? parse_money(json.get<std::string>()) : money_from_json(json);
  if (!money)
    throw Unreadable{fmt::format("{} {} is no amount of at most two decimals and 10^12", what, json_text(json))};
  return *money;
}

template <class E>
E spelled(const Json& row, const char* column, std::optional<E> otherwise = std::nullopt) {
  const std::string text = lower(column_text(row, column));
  if (text.empty() && otherwise) return *otherwise;
  const auto value = from_string<E>(text);
  if (!value)
    throw Unreadable{fmt::format(
        "its {} is '{}'; known are {}", column, text,
        join(std::vector<std::string>(std::begin(Spelling<E>::names), std::end(Spelling<E>::names)), ", "))};
  return *value;
}

OrderItem read_item(const Json& json) {
  if (!json.is_object()) throw Unreadable{"its items are not a list of objects"};
  OrderItem item;
  item.product_id = column_text(json, "productId");
  if (item.product_id.empty()) throw Unreadable{"an item has no productId"};
  item.product_name = column_text(json, "productName");
  const Json& quantity = member(json, "quantity");
  const bool is_whole =
      quantity.is_number_integer() ||
      (quantity.is_number_float() && quantity.get<double>() >= 1 && quantity.get<double>() < 1e15 &&
       quantity.get<double>() == static_cast<double>(static_cast<std::int64_t>(quantity.get<double>())));
  if (!is_whole || quantity.get<double>() < 1)
    throw Unreadable{fmt::format("the quantity of {} is {}; it has to be a whole number from 1", item.product_id,
                                 json_text(quantity))};
  item.quantity =
      quantity.is_number_integer() ? quantity.get<std::int64_t>() : static_cast<std::int64_t>(quantity.get<double>());
  item.price = money_of(member(json, "price"), fmt::format("the price of {}", item.product_id));
  return item;
}

std::vector<OrderItem> read_items_of(const Json& items) {
  if (!items.is_array() || items.empty()) throw Unreadable{"it has no items"};
  if (items.size() > order_items_max) throw Unreadable{fmt::format("it has more than {} items", order_items_max)};
  std::vector<OrderItem> list;
  for (const Json& item : items) list.push_back(read_item(item));
  return list;
}

void check_total(const SourceOrder& order) {
  const auto value = value_of(order.items);
  if (!value) throw Unreadable{value.error().message};
  if (*value != order.total)
    throw Unreadable{
        fmt::format("its items are worth {}, but its totalAmount is {}", value->text(), order.total.text())};
}

SourcePayment read_payment(const Json& row) {
  SourcePayment payment;
  payment.id = {uuid_of(row, "id")};
  payment.amount = money_of(member(row, "amount"), "its amount");
  payment.method = spelled<PaymentMethod>(row, "method", PaymentMethod::credit_card);
  payment.status = spelled<PaymentStatus>(row, "status");
  payment.external_transaction_id = column_text(row, "externalTransactionId");
  payment.failure_reason = column_text(row, "failureReason");
  payment.created_at = needed_time(row, "createdAt");
  payment.updated_at = time_of(row, "updatedAt", payment.created_at);
  return payment;
}

SourceSaga read_saga(const Json& row) {
  SourceSaga saga;
  saga.id = uuid_of(row, "id");
  if (const std::string type = column_text(row, "sagaType"); type != order_processing_saga)
    throw Unreadable{fmt::format("its sagaType is '{}'; known is {}", type, order_processing_saga)};
  saga.correlation = column_text(row, "correlationId");
  saga.error = column_text(row, "errorMessage");
  saga.status = spelled<SagaStatus>(row, "status");
  saga.created_at = needed_time(row, "createdAt");
  saga.updated_at = time_of(row, "updatedAt", saga.created_at);
  return saga;
}

// The only row of the list; an error names it by its table and id.
template <class Read>
auto read_only_row(const Json& rows, const char* table, const Read& read) -> std::optional<decltype(read(rows))> {
  if (!rows.is_array() || rows.empty()) return std::nullopt;
  if (rows.size() > 1) {
    std::string ids;
    for (const Json& row : rows) ids += (ids.empty() ? "" : ", ") + text_or_empty(row, "id");
    throw Unreadable{fmt::format("it has {} rows in {}: {}; one is expected", rows.size(), table, ids)};
  }
  try {
    return read(rows.front());
  } catch (const Unreadable& wrong) {
    throw Unreadable{fmt::format("{} {}: {}", table, text_or_empty(rows.front(), "id"), wrong.why)};
  }
}

SourceOrder read_order(const Json& row, const Json& payments, const Json& sagas) {
  SourceOrder order;
  order.id = {uuid_of(row, "id")};
  order.user = {uuid_of(row, "userId")};
  order.status = spelled<OrderStatus>(row, "status");
  order.items = read_items_of(member(row, "items"));
  order.total = money_of(member(row, "totalAmount"), "its totalAmount");
  check_total(order);
  order.payment_id = column_text(row, "paymentId");
  order.address = column_text(row, "shippingAddress");
  order.idempotency_key = column_text(row, "idempotencyKey");
  order.created_at = needed_time(row, "createdAt");
  order.updated_at = time_of(row, "updatedAt", order.created_at);
  order.payment = read_only_row(payments, "payments", read_payment);
  order.saga = read_only_row(sagas, "saga_instances", read_saga);
  return order;
}

User read_user(const Json& row) {
  User user;
  user.id = {uuid_of(row, "id")};
  user.email = lower(needed_text(row, "email"));
  user.password_hash = column_text(row, "password");
  user.first_name = column_text(row, "firstName");
  user.last_name = column_text(row, "lastName");
  user.role = spelled<Role>(row, "role", Role::customer);
  user.status = spelled<UserStatus>(row, "status", UserStatus::active);
  user.email_verified = member(row, "emailVerified") == Json(true);
  user.created_at = time_of(row, "createdAt", time_of(row, "updatedAt", {}));
  user.updated_at = time_of(row, "updatedAt", user.created_at);
  return user;
}

template <class Row, class Read>
ReadRow<Row> guarded_read(const Json& row, const char* table, const Read& read) {
  ReadRow<Row> result;
  result.problem = {table, text_or_empty(row, "id"), {}};
  try {
    result.row = read();
  } catch (const Unreadable& wrong) {
    result.problem.why = wrong.why;
  }
  return result;
}

}  // namespace

std::optional<Uuid> read_any_uuid(std::string_view text) {
  if (text.starts_with("{") && text.ends_with("}")) text = text.substr(1, text.size() - 2);
  std::string digits = lower(text);
  std::erase(digits, '-');
  if (digits.size() != 32) return std::nullopt;
  for (const std::size_t at : {20, 16, 12, 8}) digits.insert(at, "-");
  return Uuid::parse(digits);
}

ReadRow<User> read_source_user(const Json& row) {
  return guarded_read<User>(row, "users", [&] { return read_user(row); });
}

ReadRow<SourceOrder> read_source_order(const Json& row, const Json& payments, const Json& sagas) {
  return guarded_read<SourceOrder>(row, "orders", [&] { return read_order(row, payments, sagas); });
}

}  // namespace sagactl
