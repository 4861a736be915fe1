#include "analysis/foreign_orders.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace sagactl {
namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

bool holds(const std::vector<std::string>& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

std::optional<std::int64_t> ForeignRow::integer(std::string_view name) const {
  const auto* value = find(name);
  if (!value || !*value) return std::nullopt;
  std::int64_t number = 0;
  const std::string_view text = **value;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Json ForeignRow::json() const {
  Json row = Json::object();
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (!values_[i]) continue;
    row[names_[i]] = std::string(*values_[i]);
    if (!names_[i].ends_with("_us")) continue;
    const std::string name =
        names_[i].substr(0, names_[i].size() - 3);  // created_us is shown as created_at too
    if (const auto us = integer(names_[i]))
      row[name == "at" ? name : name + "_at"] = iso8601_us(Timestamp{*us});
  }
  return row;
}

std::string filled(const std::string& sql, const Ledger& ledger) {
  std::string text = sql;
  replace_all(text, "{prefix}", product_prefix(ledger.run));
  replace_all(text, "{run}", ledger.run);
  return text;
}

Result<ForeignOrders> ForeignOrders::read(ForeignRows& rows, const Profile& profile, const Ledger& ledger) {
  ForeignOrders orders;
  orders.profile_ = &profile;
  orders.ledger_ = &ledger;
  for (const LedgerEntry& entry : ledger.entries)
    if (entry.outcome == RequestOutcome::accepted && !entry.order.is_nil())
      orders.told_.emplace(entry.order, entry.operation);
  auto read = rows.each_row(filled(profile.queries.orders, ledger),
                            [&](const ForeignRow& row) { return orders.take(row); });
  if (!read) return read.error();
  std::stable_sort(orders.orders_.begin(), orders.orders_.end(),
                   [](const ForeignOrder& a, const ForeignOrder& b) { return a.created_at < b.created_at; });
  orders.place_groups();
  return orders;
}

Result<void> ForeignOrders::take(const ForeignRow& row) {
  for (const char* column : {"order_id", "created_us"})
    if (!row.has(column))
      return Error{ErrorCode::invalid,
                   fmt::format("the profile's query sql.orders gives no column {}", column)};
  if (columns_.empty())
    for (const char* column : {"node", "status", "key", "product", "ended_us", "amount"})
      if (row.has(column)) columns_[column] = true;
  ForeignOrder order;
  order.id = row.text("order_id");
  order.ref = order_ref(order.id);
  order.node = row.text("node");
  order.status = row.text("status");
  order.key = row.text("key");
  order.product = row.text("product");
  const auto created = row.integer("created_us");
  if (!created)
    return Error{
        ErrorCode::invalid,
        fmt::format("the profile's query sql.orders gives '{}' as created_us of order {}: it must be "
                    "whole microseconds since 1970",
                    row.text("created_us"), order.id)};
  order.created_at.us = *created;
  if (const auto ended = row.integer("ended_us")) order.ended_at = Timestamp{*ended};
  if (const auto amount = parse_money(row.text("amount"))) order.amount = *amount;
  for (const std::string& name : {order.key, order.product}) {
    const auto product = parse_product_id(name);
    if (!product || product->run != ledger_->run) continue;
    order.group = {product->kind, product->group};
    break;
  }
  order.of_run = order.group || told_.count(order.ref) > 0;
  order.row = row.json();
  order.row["table"] = "sql.orders";
  orders_.push_back(std::move(order));
  return {};
}

void ForeignOrders::place_groups() {
  // A product of the run's own names the group; one of a catalogue does not.
  has_groups_ = has("key") || (has("product") && ledger_->catalogue.empty() && ledger_->hot_share == 0);
  for (std::size_t i = 0; i < orders_.size(); ++i) {
    by_ref_.emplace(orders_[i].ref, i);
    if (orders_[i].group) groups_[*orders_[i].group].push_back(i);
  }
}

const ForeignOrder* ForeignOrders::find(const Uuid& ref) const {
  const auto it = by_ref_.find(ref);
  return it == by_ref_.end() ? nullptr : &orders_[it->second];
}

const LedgerEntry* ForeignOrders::told(const Uuid& ref) const {
  const auto it = told_.find(ref);
  return it == told_.end() ? nullptr : ledger_->entries.find(it->second);
}

std::vector<const ForeignOrder*> ForeignOrders::of_group(OrderKind kind, std::uint32_t group) const {
  std::vector<const ForeignOrder*> list;
  const auto it = groups_.find({kind, group});
  if (it != groups_.end())
    for (const std::size_t index : it->second) list.push_back(&orders_[index]);
  return list;
}

bool ForeignOrders::is_undone(const ForeignOrder& order) const {
  return holds(profile_->queries.undone, order.status);
}
bool ForeignOrders::is_completed(const ForeignOrder& order) const {
  return holds(profile_->queries.completed, order.status);
}
bool ForeignOrders::has_ended(const ForeignOrder& order) const {
  return is_undone(order) || is_completed(order) || holds(profile_->status.ends, order.status);
}

Json ForeignOrders::request_row(const LedgerEntry& entry) const {
  Json row{{"operation", entry.operation},        {"target", ledger_->targets[entry.target]},
           {"product", ledger_->product(entry)},  {"key", ledger_->idempotency_key(entry)},
           {"outcome", to_string(entry.outcome)}, {"httpStatus", entry.http_status}};
  if (!entry.order.is_nil()) row["orderId"] = ledger_->order_text(entry);
  if (entry.sent.us != 0) row["sentAt"] = iso8601_us(entry.sent);
  if (entry.done.us != 0) row["doneAt"] = iso8601_us(entry.done);
  return row;
}

void ForeignOrders::show(Witness& witness, const ForeignOrder& order) const {
  witness.rows.push_back(order.row);
  const Json node(order.node);
  if (!order.node.empty() &&
      std::find(witness.nodes.begin(), witness.nodes.end(), node) == witness.nodes.end())
    witness.nodes.push_back(node);
}

void ForeignOrders::show(Witness& witness, const LedgerEntry& entry) const {
  witness.requests.push_back(request_row(entry));
}

}  // namespace sagactl
