#include "server/adapters/postgres/pipeline/postgres_batch.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "server/adapters/postgres/tables/account_table.hpp"
#include "server/adapters/postgres/tables/claim_table.hpp"
#include "server/adapters/postgres/tables/event_table.hpp"
#include "server/adapters/postgres/tables/own_saga_tables.hpp"
#include "server/adapters/postgres/tables/replay_table.hpp"
#include "server/adapters/postgres/tables/stock_table.hpp"
#include "server/adapters/sql/change_checks.hpp"
#include "server/ports/importing_node.hpp"
#include "server/saga/lra_view.hpp"

namespace sagactl::postgres {
namespace {

const PostgresStatement sql_lock_node{
    "batch_lock_node", "SELECT no, last_sequence, counts FROM node WHERE name = $1 AND epoch = $2::bigint FOR UPDATE"};
const PostgresStatement sql_load_flows{
    "batch_load_flows",
    "SELECT " + flow_columns() + " FROM flow AS f WHERE f.id = ANY ($1::uuid[]) ORDER BY f.id FOR UPDATE"};
// Locks flows of which most are known, and says which transaction wrote each.
const PostgresStatement sql_lock_flows{
    "batch_lock_flows", "SELECT f.id, f.xmin FROM flow AS f WHERE f.id = ANY ($1::uuid[]) ORDER BY f.id FOR UPDATE"};
const PostgresStatement sql_read_flows{
    "batch_read_flows", "SELECT " + flow_columns() + " FROM flow AS f WHERE f.id = ANY ($1::uuid[]) ORDER BY f.id"};
// The last statement: after everything is locked.
const PostgresStatement sql_read_time{"batch_read_time", "SELECT now_us(), max(last_time), txid_current() FROM node"};
constexpr std::int64_t xmin_bits = 0xFFFFFFFF;   // of a transaction's number
constexpr std::size_t pending_counts_max = 150;  // numbers, so that the node's row stays small
const PostgresStatement sql_write_node{
    "batch_write_node",
    "UPDATE node SET last_sequence = $2::bigint, last_time = $3::bigint, counts = $4::bigint[] WHERE no = $1::bigint"};
const PostgresStatement sql_write_history_node{"batch_write_history_node",
                                               "UPDATE node SET last_sequence = $2::bigint, published = $2::bigint, "
                                               "last_time = $3::bigint, counts = $4::bigint[] WHERE no = $1::bigint"};

void send_ids(PostgresConnection& connection, const PostgresStatement& statement, const std::vector<OrderId>& ids) {
  ParameterArray array(ParameterType::uuid);
  for (const OrderId id : ids) array.add(id.uuid);
  connection.send(statement, Parameters().add(std::move(array)));
}

}  // namespace

bool PostgresBatch::load(const BatchKeys& keys, Loaded& loaded) {
  connection_.send(sql_lock_node, Parameters().add(std::string_view(writer_.node)).add(writer_.epoch));
  const std::vector<OrderId> unread = send_flows_load(keys.flows);
  if (!keys.claims.empty()) send_claims_lock(connection_, keys.claims);
  if (!keys.users.empty() || !keys.emails.empty()) send_accounts_load(connection_, keys.users, keys.emails);
  if (!keys.replays.empty()) send_replays_load(connection_, keys.replays);
  connection_.send(sql_read_time);
  std::vector<PostgresRows> results = connection_.flush();
  auto next = results.begin() + 1;  // after BEGIN

  PostgresRows& node = *next++;
  if (!node.next()) return false;
  node_ = node.integer();
  last_sequence_ = node.integer();
  pending_counts_ = node.bigints();
  loaded = {};
  if (!keys.flows.empty()) {
    for (const OrderId id : keys.flows) known_[id];
    if (unread.size() < keys.flows.size()) read_locked_flows(std::move(*next++), loaded.flows);
    if (!unread.empty()) read_flows(std::move(*next++), &loaded.flows);
  }
  const bool has_claims = !keys.claims.empty() && (next++)->size() > 0;
  if (!keys.users.empty() || !keys.emails.empty()) loaded.users = read_accounts(std::move(*next++));
  if (!keys.replays.empty()) {
    for (const ReplayKey& key : keys.replays) absent_replays_.emplace(key.user, key.key);
    loaded.replays = read_replays(std::move(*next++));
    for (const Replay& replay : loaded.replays) absent_replays_.erase({replay.key.user, replay.key.key});
  }
  read_time(std::move(*next));
  if (has_claims) send_claims_load(connection_, keys.claims);
  read_claims_of(keys.claims, has_claims ? std::move(connection_.flush().back()) : PostgresRows(), loaded);
  load_dependent(keys, loaded);
  return true;
}

// All stock of a batch is locked by one statement in the order of the keys, so that nodes that draw from the same stock
// do not deadlock.
void PostgresBatch::load_dependent(const BatchKeys& keys, Loaded& loaded) {
  const BatchKeys more = dependent_keys(keys, loaded);
  std::set<StockKey> stocks(keys.stocks.begin(), keys.stocks.end());
  stocks.insert(more.stocks.begin(), more.stocks.end());
  if (stocks.empty() && more.claims.empty() && more.last_events.empty()) return;
  if (!more.claims.empty()) {
    send_claims_lock(connection_, more.claims);
    send_claims_load(connection_, more.claims);
  }
  if (!stocks.empty()) send_stocks_load(connection_, {stocks.begin(), stocks.end()});
  if (!more.last_events.empty()) send_last_events_load(connection_, more.last_events);
  connection_.send(sql_read_time);
  std::vector<PostgresRows> results = connection_.flush();
  auto next = results.begin();
  if (!more.claims.empty()) {
    ++next;  // of the lock
    read_claims_of(more.claims, std::move(*next++), loaded);
  }
  if (!stocks.empty()) {
    loaded.stocks = read_stocks(std::move(*next++), names_);
    for (const Stock& stock : loaded.stocks) stocks.erase(stock.key);
    loaded.absent_stocks.assign(stocks.begin(), stocks.end());
    absent_stocks_ = std::move(stocks);
  }
  PostgresRows* last_events = more.last_events.empty() ? nullptr : &*next++;
  read_time(std::move(*next));
  if (last_events) loaded.last_events = read_last_events(std::move(*last_events), names_);
}

void PostgresBatch::read_claims_of(const std::vector<KeyDigest>& keys, PostgresRows rows, Loaded& loaded) {
  absent_claims_.insert(keys.begin(), keys.end());
  for (const Claim& claim : read_claims(std::move(rows))) {
    absent_claims_.erase(claim.key);
    loaded.claims.push_back(claim);
  }
}

void PostgresBatch::read_time(PostgresRows row) {
  row.next();
  const Timestamp now = row.time(), last = row.time();
  transaction_ = row.integer() & xmin_bits;
  time_ = std::max(now, last + 1us);
  const Timestamp expected = server_time_.expected();
  if (now + ServerClockEstimate::behind < expected) time_ = std::max(time_, expected);
  server_time_.observe(time_);
  last_time_ = time_;
}

// Locks the flows. Those that are not recent are read as well: they are returned.
std::vector<OrderId> PostgresBatch::send_flows_load(const std::vector<OrderId>& ids) {
  std::vector<OrderId> unread;
  for (const OrderId id : ids)
    if (!recent_.has(id)) unread.push_back(id);
  if (unread.size() < ids.size()) send_ids(connection_, sql_lock_flows, ids);
  if (!unread.empty()) send_ids(connection_, unread.size() < ids.size() ? sql_read_flows : sql_load_flows, unread);
  return unread;
}

// The recent flows whose rows nobody has written since. The others are read now: they stay locked.
void PostgresBatch::read_locked_flows(PostgresRows rows, std::vector<Flow>& flows) {
  std::vector<OrderId> changed;
  while (rows.next()) {
    const OrderId id{rows.uuid()};
    const std::int64_t written_by = rows.integer() & xmin_bits;
    auto recent = recent_.take(id);
    if (!recent) continue;
    if (recent->mark != written_by) {
      changed.push_back(id);
      continue;
    }
    know_stored(recent->flow, true);
    flows.push_back(std::move(recent->flow));
  }
  if (changed.empty()) return;
  send_ids(connection_, sql_read_flows, changed);
  read_flows(std::move(connection_.flush().back()), &flows);
}

void PostgresBatch::read_flows(PostgresRows rows, std::vector<Flow>* flows) {
  while (rows.next()) {
    StoredFlow stored = read_flow(rows, names_);
    know_stored(stored.flow, stored.has_order);
    if (flows) flows->push_back(std::move(stored.flow));
  }
}

void PostgresBatch::know_stored(const Flow& flow, bool has_order) {
  LoadedFlow& known = known_[flow.order.id];
  known.is_stored = true;
  known.has_order = has_order;
  if (has_order) {
    known.order_status = flow.order.status;
    known.user = flow.order.user;
  }
  known.has_saga = flow.saga.has_value();
  if (flow.saga) {
    known.owner = flow.saga->owner;
    known.saga_state = {names_.number_of_definition(flow.saga->type, flow.saga->definition_version), flow.saga->status};
  }
  known.payments = flow.payments;
  known.barriers = flow.barriers;
}

// Loads the flows that the batch changes and has not loaded. A new order, and a new saga of a user's, is taken for a
// new flow, without a look.
void PostgresBatch::load_missing(const Changes& changes) {
  std::set<OrderId> ids;
  for (const Saga* saga : changes.new_sagas)
    if (recheck_new_ || !sql::is_users(*saga)) ids.insert(order_of(saga->id));
  for (const Payment* payment : changes.new_payments) ids.insert(payment->order);
  for (const auto& [order, barrier] : changes.barriers) ids.insert(order);
  for (const Changes::Reservations& each : changes.reservations) ids.insert(each.order);
  for (const OrderId id : changes.taken_over) ids.insert(id);
  for (const Order* order : changes.new_orders) {
    if (recheck_new_)
      ids.insert(order->id);
    else
      ids.erase(order->id);
  }
  for (const Order* order : changes.orders) ids.insert(order->id);
  for (const Saga* saga : changes.sagas) ids.insert(order_of(saga->id));
  for (const Payment* payment : changes.payments) ids.insert(payment->order);
  std::vector<OrderId> unknown;
  for (const OrderId id : ids)
    if (!known_.contains(id)) unknown.push_back(id);
  if (unknown.empty()) return;
  for (const OrderId id : unknown) (void)recent_.take(id);  // they are about to be changed
  send_ids(connection_, sql_load_flows, unknown);
  read_flows(std::move(connection_.flush().back()), nullptr);
}

PostgresBatch::LoadedFlow& PostgresBatch::touch(OrderId id) {
  LoadedFlow& known = known_[id];
  if (known.parts == 0) touched_.push_back(id);
  return known;
}

void PostgresBatch::set(const Order& order, bool is_new) {
  LoadedFlow& known = touch(order.id);
  sql::check_is_stored("order", order.id, is_new, known.has_order || known.order);
  known.order = &order;
  known.user = order.user;
  known.parts |= is_new ? part_order | part_order_origin : part_order;
}

void PostgresBatch::set(const Saga& saga, bool is_new) {
  LoadedFlow& known = touch(order_of(saga.id));
  sql::check_is_stored("saga", saga.id, is_new, known.has_saga || known.saga);
  known.saga = &saga;
  known.parts |= is_new ? part_saga | part_saga_origin : part_saga;
  if (sql::is_users(saga)) known.parts |= is_new ? part_own | part_own_origin : part_own;
  if (is_lra(saga) && !is_new) known.parts |= part_lra;
  if (!is_new && saga.owner == known.owner) known.parts |= part_same_owner;
}

void PostgresBatch::set(const Payment& payment, bool is_new) {
  LoadedFlow& known = touch(payment.order);
  known.parts |= part_payments;
  const auto stored = std::find_if(known.payments.begin(), known.payments.end(),
                                   [&](const Payment& each) { return each.execution == payment.execution; });
  const bool is_there = stored != known.payments.end();
  if (is_new == is_there)
    sql::fail_as_bug(
        fmt::format("payment {} of order {} {}", payment.execution, payment.order.text(),
                    is_there ? "is not new: it is stored already" : "cannot be changed: it is not stored"));
  if (is_there) {
    *stored = payment;
    return;
  }
  known.payments.push_back(payment);
  std::sort(known.payments.begin(), known.payments.end(),
            [](const Payment& a, const Payment& b) { return a.execution < b.execution; });
}

void PostgresBatch::set(OrderId order, const Barrier& barrier) {
  LoadedFlow& known = touch(order);
  known.parts |= part_barriers;
  for (const Barrier& each : known.barriers)
    if (each.step == barrier.step && each.execution == barrier.execution && each.direction == barrier.direction)
      sql::fail_as_bug(fmt::format("execution {} of step {} of order {} has its barrier already", barrier.execution,
                                   barrier.step, order.text()));
  known.barriers.push_back(barrier);
}

void PostgresBatch::write(const Changes& changes) {
  check_events(changes.events);
  load_missing(changes);
  for (const Order* order : changes.new_orders) set(*order, true);
  for (const Order* order : changes.orders) set(*order, false);
  for (const Saga* saga : changes.new_sagas) set(*saga, true);
  for (const Saga* saga : changes.sagas) set(*saga, false);
  for (const Payment* payment : changes.new_payments) set(*payment, true);
  for (const Payment* payment : changes.payments) set(*payment, false);
  for (const auto& [order, barrier] : changes.barriers) set(order, *barrier);
  for (const Changes::Reservations& each : changes.reservations) {
    LoadedFlow& known = touch(each.order);
    known.parts |= part_reservations;
    known.reservations = &each;
  }
  for (const OrderId id : changes.taken_over) touch(id).parts |= part_writer;

  write_flows();
  send_calls(connection_, names_, changes.calls);
  send_search_values(connection_, changes.new_sagas);
  write_claims(changes.claims);
  write_stocks(changes.stocks);
  if (!changes.events.empty()) send_events(connection_, names_, node_, session_.row_types(), changes.events);
  send_accounts(connection_, changes.users);
  write_replays(changes.replays);
  add_pending_counts(pending_counts_, counts_);
  if (session_.counts_are_due() || pending_counts_.size() > pending_counts_max) {
    send_counts(connection_, node_, counts_);
    counts_ = {};
  }
  last_time_ = std::max(last_time_, changes.latest);
  connection_.send(writer_.node == importing_node ? sql_write_history_node : sql_write_node,
                   Parameters().add(node_).add(last_sequence_).add(last_time_).add(pending_counts(counts_)));
  recent_.put_new(changes, [this](OrderId) { return transaction_; });
}

// One statement for each set of parts that new flows have, and one for each that changes; each in the order of the ids.
void PostgresBatch::write_flows() {
  std::sort(touched_.begin(), touched_.end());
  const std::uint32_t type = session_.row_types().flow;
  std::map<unsigned, FlowWriter> inserts, updates;
  for (const OrderId id : touched_) {
    const LoadedFlow& known = known_.at(id);
    FlowChange change{id, known.order, known.saga};
    change.reservations = known.reservations;
    change.writer = node_;
    const UserId* user = known.user ? &*known.user : nullptr;
    // Payments whose order is written later name their user themselves.
    if (!known.is_stored || known.parts & part_payments) {
      sql::write_payments(known.payments, user, names_, change.payments);
      sql::write_payment_facts(known.payments, change.payment_facts);
    }
    if (!known.is_stored || known.parts & part_barriers) sql::write_barriers(known.barriers, change.barriers);
    if (known.is_stored) {
      const auto [update, is_first] = updates.try_emplace(known.parts, FlowWriter::Mode::update, known.parts, type);
      update->second.add(change, names_);
    } else {
      const unsigned parts = part_all | (known.order ? 0u : part_writer) | (known.parts & (part_own | part_own_origin));
      const auto [insert, is_first] = inserts.try_emplace(parts, FlowWriter::Mode::insert, parts, type);
      insert->second.add(change, names_);
    }
    count(known);
  }
  // Sent after all texts are built: building them may query names.
  for (auto& [parts, insert] : inserts) insert.send(connection_);
  for (auto& [parts, update] : updates) update.send(connection_);
}

void PostgresBatch::count(const LoadedFlow& known) {
  if (known.order)
    counts_.change(known.has_order ? std::optional(known.order_status) : std::nullopt, known.order->status);
  if (!known.saga) return;
  const Saga& saga = *known.saga;
  const std::optional<sql::SagaCounter> before = known.has_saga ? std::optional(known.saga_state) : std::nullopt;
  counts_.change(before, {before ? before->first : names_.number_of_definition(saga), saga.status});
}

void PostgresBatch::write_claims(const std::vector<const Claim*>& claims) {
  std::vector<const Claim*> fresh, others;
  for (const Claim* claim : claims) (absent_claims_.contains(claim->key) ? fresh : others).push_back(claim);
  send_new_claims(connection_, fresh);
  send_claims(connection_, others);
}

void PostgresBatch::write_stocks(const std::vector<const Stock*>& stocks) {
  std::vector<const Stock*> fresh, others;
  for (const Stock* stock : stocks) (absent_stocks_.contains(stock->key) ? fresh : others).push_back(stock);
  send_new_stocks(connection_, names_, fresh);
  send_stocks(connection_, names_, others);
}

void PostgresBatch::write_replays(const std::vector<const Replay*>& replays) {
  for (const Replay* replay : replays) {
    if (absent_replays_.erase({replay->key.user, replay->key.key}) > 0)
      send_new_replay(connection_, *replay);
    else
      send_replay(connection_, *replay);
  }
}

void PostgresBatch::check_events(const std::vector<const Event*>& events) {
  for (const Event* event : events) {
    sql::check_next_event(*event, writer_.node, last_sequence_, last_time_);
    counts_.add(event->type);
  }
}

}  // namespace sagactl::postgres
