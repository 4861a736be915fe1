#include "analysis/foreign/foreign_orders.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "common/text/text.hpp"

namespace sagactl {
namespace {

bool contains(const std::vector<std::string>& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

std::string request_name(const Ledger& ledger, const LedgerEntry& entry) {
  return ledger.keyed ? "key " + ledger.idempotency_key(entry) : ledger.product(entry);
}

Json answer_row(const Ledger& ledger, const LedgerEntry& entry) {
  return Json{{"operation", entry.operation},         {"target", ledger.targets[entry.target]},
              {"key", ledger.idempotency_key(entry)}, {"httpStatus", entry.http_status},
              {"orderId", ledger.order_text(entry)},  {"sentAt", iso8601_us(entry.sent)},
              {"doneAt", iso8601_us(entry.done)}};
}

std::optional<std::int64_t> ForeignRow::integer(std::string_view name) const {
  const auto* value = find(name);
  if (!value || !*value) return std::nullopt;
  std::int64_t number = 0;
  const std::string_view text = unpadded(**value);
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<Timestamp> ForeignRow::time(std::string_view name) const {
  if (const auto us = integer(fmt::format("{}_us", name))) return Timestamp{*us};
  const auto* value = find(time_column(name));
  if (!value || !*value) return std::nullopt;
  const auto time = parse_iso8601(unpadded(**value));
  return time ? std::optional(*time) : std::nullopt;
}

Json ForeignRow::json() const {
  Json row = Json::object();
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (!values_[i]) continue;
    const std::string& name = names_[i];
    const auto us = name.ends_with("_us") ? integer(name) : std::nullopt;
    if (us)
      row[time_column(name.substr(0, name.size() - 3))] = iso8601_us(Timestamp{*us});
    else
      row[name] = std::string(unpadded(*values_[i]));
  }
  return row;
}

Result<ForeignOrders> ForeignOrders::read(ForeignRows& rows, const Profile& profile, const Ledger& ledger) {
  ForeignOrders orders;
  orders.profile_ = &profile;
  orders.ledger_ = &ledger;
  orders.source_ = rows.source();
  orders.unseen_ = rows.unseen();
  for (const LedgerEntry& entry : ledger.entries) {
    if (entry.order.is_nil()) continue;
    if (entry.outcome == RequestOutcome::accepted) orders.accepted_.emplace(entry.order, entry.operation);
    if (entry.outcome == RequestOutcome::indeterminate || is_answered_with_its_order(entry))
      orders.otherwise_named_.insert(entry.order);
  }
  auto columns = columns_of(rows, profile, ForeignTable::orders);
  if (!columns) return columns.error();
  orders.columns_ = std::move(*columns);
  auto read = rows.each_row(query_of(profile, ForeignTable::orders, ledger.run),
                            [&](const ForeignRow& row) { return orders.add(row); });
  if (!read) return read.error();
  // Orders with the same time (databases may store whole seconds): undone ones first, since they freed the key for the
  // others.
  std::stable_sort(orders.orders_.begin(), orders.orders_.end(), [&](const ForeignOrder& a, const ForeignOrder& b) {
    if (a.created_at != b.created_at) return a.created_at < b.created_at;
    return orders.is_undone(a) && !orders.is_undone(b);
  });
  orders.assign_groups();
  orders.compare_precision();
  // The orders of others may be unseen.
  std::erase_if(orders.unseen_.orders, [&](const Uuid& ref) {
    const ForeignOrder* order = orders.find(ref);
    return order && !order->of_run;
  });
  if (orders.unseen_.orders.empty() && !orders.unseen_.any) orders.unseen_.why.clear();
  return orders;
}

void BadRows::add(const Error& error, const ForeignRow& row, const char* query) {
  Witness witness{.what = error.message, .rule = "every row of a query has the required values"};
  if (violations_.first()) {
    witness.rows.push_back(row.json());
    witness.rows.back()["table"] = query;
  }
  violations_.add(std::move(witness));
}

std::optional<Verdict> BadRows::verdict() const {
  if (violations_.count() == 0) return std::nullopt;
  Verdict verdict = violations_.verdict("rows-were-read", "");
  verdict.ruling = Ruling::unknown;  // the rows' content is unknown, nothing else
  return verdict;
}

Result<void> ForeignOrders::add(const ForeignRow& row) {
  ForeignOrder order;
  order.id = row.text("order_id");
  order.ref = order_ref(order.id);
  order.node = row.text("node");
  order.status = row.text("status");
  order.key = row.text("key");
  order.product = row.text("product");
  if (const auto fault = fault_of_row(ForeignTable::orders, row, source_.orders))
    bad_rows_.add(*fault, row, source_.orders);
  order.created_at = row.time("created").value_or(Timestamp{});
  order.ended_at = row.time("ended");
  if (const auto amount = parse_money(row.text("amount"))) order.amount = *amount;
  order.quantity = row.integer("quantity");
  order.user = row.text("user");
  for (const std::string& name : {order.key, order.product}) {
    const auto product = parse_product_id(name);
    if (!product || product->run != ledger_->run) continue;
    order.group = {product->kind, product->group};
    break;
  }
  order.of_run = order.group || accepted_.count(order.ref) > 0 || otherwise_named_.count(order.ref) > 0;
  order.row = row.json();
  order.row["table"] = source_.orders;
  if (is_known_row(order)) {
    const Error twice{ErrorCode::invalid, fmt::format("{} has order {} in two equal rows, and it is judged once: does "
                                                      "a join repeat it?",
                                                      source_.orders, order.id)};
    bad_rows_.add(twice, row, source_.orders);
    return {};
  }
  orders_.push_back(std::move(order));
  return {};
}

// Also notes it.
bool ForeignOrders::is_known_row(const ForeignOrder& order) {
  const auto [first, is_new] = by_ref_.emplace(order.ref, orders_.size());
  if (is_new) return false;
  if (orders_[first->second].row == order.row) return true;
  const auto [begin, end] = others_by_ref_.equal_range(order.ref);
  if (std::any_of(begin, end, [&](const auto& other) { return orders_[other.second].row == order.row; })) return true;
  others_by_ref_.emplace(order.ref, orders_.size());
  return false;
}

void ForeignOrders::compare_precision() {
  // The largest unit of which each of the times is a multiple.
  const auto coarsen = [](Duration& unit, Timestamp time) {
    for (const Duration smaller : {Duration{1ms}, Duration{1us}})
      if (time.us % unit.count() != 0 && smaller < unit) unit = smaller;
  };
  Duration of_created = 1s, of_ended = 1s;
  bool any_ended = false;
  for (const ForeignOrder& order : orders_) {
    coarsen(of_created, order.created_at);
    if (order.ended_at) coarsen(of_ended, *order.ended_at);
    any_ended = any_ended || order.ended_at;
  }
  if (any_ended && of_created != of_ended) coarser_unit_ = std::max(of_created, of_ended);
}

void ForeignOrders::assign_groups() {
  // The run's own product ids name the group; those of a catalogue do not.
  by_ref_.clear();
  others_by_ref_.clear();
  has_groups_ = has("key") || (has("product") && ledger_->catalogue.empty() && ledger_->hot_share == 0);
  for (std::size_t i = 0; i < orders_.size(); ++i) {
    by_ref_.emplace(orders_[i].ref, i);
    if (orders_[i].group) groups_[*orders_[i].group].push_back(i);
  }
  // A server may store keys in a form of its own.
  const auto of_run = std::find_if(orders_.begin(), orders_.end(), [](const ForeignOrder& it) { return it.of_run; });
  if (has_groups_ && groups_.empty() && of_run != orders_.end()) {
    has_groups_ = false;
    unsent_key_ = fmt::format("{} as {} of order {}", has("key") ? of_run->key : of_run->product,
                              has("key") ? "key" : "product", of_run->id);
  }
  // If no id is in the database although the keys have orders, ids are spelled differently.
  std::uint64_t with_rows = 0;
  for (const LedgerEntry& entry : ledger_->entries) {
    if (entry.outcome != RequestOutcome::accepted || entry.order.is_nil()) continue;
    if (by_ref_.count(entry.order) > 0) {
      other_spelling_.clear();
      return;
    }
    const auto rows = groups_.find({entry.kind, entry.group});
    if (!has_groups_ || rows == groups_.end() || ++with_rows != 2) continue;
    other_spelling_ = fmt::format("the answers name orders like {}, but {} like {}", ledger_->order_text(entry),
                                  source_.orders, orders_[rows->second.front()].id);
  }
}

std::string ForeignOrders::why_no_groups() const {
  if (source_.no_groups) return source_.no_groups;
  if (unsent_key_.empty())
    return fmt::format("{} has no column key (or product) that links orders to requests", source_.orders);
  return fmt::format("{} gives {}, which is not one that was sent", source_.orders, unsent_key_);
}

bool ForeignOrders::knows_which_exist() const {
  return !unseen_.any && std::all_of(unseen_.orders.begin(), unseen_.orders.end(),
                                     [this](const Uuid& ref) { return by_ref_.count(ref) > 0; });
}

const ForeignOrder* ForeignOrders::find(const Uuid& ref) const {
  const auto it = by_ref_.find(ref);
  return it == by_ref_.end() ? nullptr : &orders_[it->second];
}

const LedgerEntry* ForeignOrders::accepted_request(const Uuid& ref) const {
  const auto it = accepted_.find(ref);
  return it == accepted_.end() ? nullptr : ledger_->entries.find(it->second);
}

bool ForeignOrders::promises_order(const LedgerEntry& entry) const {
  return entry.outcome == RequestOutcome::accepted ||
         (is_answered_with_its_order(entry) && !accepted_request(entry.order));
}

std::vector<const ForeignOrder*> ForeignOrders::of_group(OrderKind kind, std::uint32_t group) const {
  std::vector<const ForeignOrder*> list;
  const auto it = groups_.find({kind, group});
  if (it != groups_.end())
    for (const std::size_t index : it->second) list.push_back(&orders_[index]);
  return list;
}

OutstandingWork ForeignOrders::outstanding_work() const {
  OutstandingWork outstanding;
  for (const ForeignOrder& order : orders_) outstanding.orders += order.of_run && has("status") && !has_ended(order);
  // By group: the orders that no answer named, to be matched with requests without an answer.
  std::map<OrderGroup, std::size_t> unnamed;
  for (const auto& [group, places] : groups_)
    for (const std::size_t place : places) unnamed[group] += accepted_request(orders_[place].ref) == nullptr;
  const bool comparable = other_spelling_.empty();
  for (const LedgerEntry& entry : ledger_->entries) {
    const OrderGroup group{entry.kind, entry.group};
    if (unseen_.is_final && is_unseen(entry.order)) continue;
    if (promises_order(entry)) {
      const bool by_id = !entry.order.is_nil() && comparable;
      outstanding.lost += by_id ? find(entry.order) == nullptr : has_groups_ && groups_.count(group) == 0;
      continue;
    }
    if (entry.outcome != RequestOutcome::indeterminate || !has_groups_) continue;
    const auto explains = unnamed.find(group);
    if (explains != unnamed.end() && explains->second > 0) {
      --explains->second;
      continue;
    }
    const bool may_be_queued =
        entry.failure == TransportFailure::timed_out || entry.http_status == 502 || entry.http_status == 504;
    // A queued request may still create a second order; an answered one has at most the order of its group.
    if (may_be_queued)
      ++outstanding.timed_out;
    else
      outstanding.unclear += groups_.count(group) == 0;
  }
  return outstanding;
}

bool ForeignOrders::is_over_before(const ForeignOrder& order, Timestamp moment) const {
  if (is_unseen(order.ref)) return true;
  if (!is_undone(order)) return false;
  return !source_.ends_are_exact || !order.ended_at || *order.ended_at - coarser_unit_ <= moment;
}

bool ForeignOrders::may_have_effect(int http_status) const {
  const StatusRanges& unclear = profile_->outcome.unclear;
  return std::any_of(unclear.begin(), unclear.end(), [&](const StatusRange& it) { return it.holds(http_status); });
}

bool ForeignOrders::is_undone(const ForeignOrder& order) const {
  return contains(profile_->queries.undone, order.status);
}
bool ForeignOrders::is_completed(const ForeignOrder& order) const {
  return contains(profile_->queries.completed, order.status);
}
bool ForeignOrders::has_ended(const ForeignOrder& order) const {
  return is_undone(order) || is_completed(order) || contains(profile_->status.ends, order.status);
}

std::vector<std::string> ForeignOrders::final_status_list() const {
  std::vector<std::string> statuses = profile_->queries.completed;
  for (const auto* list : {&profile_->queries.undone, &profile_->status.ends})
    for (const std::string& status : *list)
      if (!contains(statuses, status)) statuses.push_back(status);
  return statuses;
}

std::string ForeignOrders::final_statuses() const {
  return join(final_status_list(), ", ");
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
  if (!order.node.empty() && std::find(witness.nodes.begin(), witness.nodes.end(), node) == witness.nodes.end())
    witness.nodes.push_back(node);
}

void ForeignOrders::show(Witness& witness, const LedgerEntry& entry) const {
  witness.requests.push_back(request_row(entry));
}

}  // namespace sagactl
