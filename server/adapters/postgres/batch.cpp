#include "server/adapters/postgres/batch.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "server/adapters/postgres/account_table.hpp"
#include "server/adapters/postgres/claim_table.hpp"
#include "server/adapters/postgres/event_table.hpp"
#include "server/adapters/postgres/flow_text.hpp"
#include "server/adapters/postgres/replay_table.hpp"
#include "server/adapters/postgres/stock_table.hpp"

namespace sagactl::postgres {
namespace {

const Statement sql_lock_node{"batch_lock_node",
                              "SELECT no, last_sequence FROM node WHERE name = $1 AND epoch = $2::bigint FOR UPDATE"};
const Statement sql_load_flows{"batch_load_flows",
                               "SELECT " + flow_columns() +
                                   " FROM flow AS f WHERE f.id = ANY ($1::uuid[]) ORDER BY f.id FOR UPDATE"};
// Comes last: after everything is locked.
const Statement sql_read_time{"batch_read_time", "SELECT now_us(), max(last_time) FROM node"};
const Statement sql_write_node{"batch_write_node",
                               "UPDATE node SET last_sequence = $2::bigint, last_time = $3::bigint WHERE no = $1::bigint"};

void send_flows_load(Connection& connection, const std::vector<OrderId>& ids) {
  Array array(Type::uuid);
  for (const OrderId id : ids) array.add(id.uuid);
  connection.send(sql_load_flows, Parameters().add(std::move(array)));
}

}  // namespace

bool Batch::load(const BatchKeys& keys, Loaded& loaded) {
  connection_.send(sql_lock_node, Parameters().add(std::string_view(writer_.node)).add(writer_.epoch));
  if (!keys.flows.empty()) send_flows_load(connection_, keys.flows);
  if (!keys.claims.empty()) send_claims_load(connection_, keys.claims);
  if (!keys.users.empty() || !keys.emails.empty()) send_accounts_load(connection_, keys.users, keys.emails);
  if (!keys.replays.empty()) send_replays_load(connection_, keys.replays);
  connection_.send(sql_read_time);
  std::vector<Rows> results = connection_.flush();
  auto next = results.begin() + 1;  // after BEGIN

  Rows& node = *next++;
  if (!node.next()) return false;
  node_ = node.integer();
  last_sequence_ = node.integer();
  loaded = {};
  if (!keys.flows.empty()) {
    for (const OrderId id : keys.flows) known_[id];
    read_flows(std::move(*next++), &loaded.flows);
  }
  if (!keys.claims.empty()) {
    ++next;  // that they are locked
    read_claims_of(keys.claims, std::move(*next++), loaded);
  }
  if (!keys.users.empty() || !keys.emails.empty()) loaded.users = read_accounts(std::move(*next++));
  if (!keys.replays.empty()) {
    for (const ReplayKey& key : keys.replays) absent_replays_.emplace(key.user, key.key);
    loaded.replays = read_replays(std::move(*next++));
    for (const Replay& replay : loaded.replays) absent_replays_.erase({replay.key.user, replay.key.key});
  }
  read_time(std::move(*next));
  load_dependent(keys, loaded);
  return true;
}

// All stock of a batch is locked at once, so that nodes that draw from the same do not wait for each other in a circle.
void Batch::load_dependent(const BatchKeys& keys, Loaded& loaded) {
  const BatchKeys more = dependent_keys(keys, loaded);
  std::set<StockKey> stocks(keys.stocks.begin(), keys.stocks.end());
  stocks.insert(more.stocks.begin(), more.stocks.end());
  if (stocks.empty() && more.claims.empty() && more.last_events.empty()) return;
  if (!more.claims.empty()) send_claims_load(connection_, more.claims);
  if (!stocks.empty()) send_stocks_load(connection_, {stocks.begin(), stocks.end()});
  if (!more.last_events.empty()) send_last_events_load(connection_, more.last_events);
  connection_.send(sql_read_time);
  std::vector<Rows> results = connection_.flush();
  auto next = results.begin();
  if (!more.claims.empty()) {
    ++next;  // that they are locked
    read_claims_of(more.claims, std::move(*next++), loaded);
  }
  if (!stocks.empty()) {
    loaded.stocks = read_stocks(std::move(*next++), names_);
    for (const Stock& stock : loaded.stocks) stocks.erase(stock.key);
    loaded.absent_stocks.assign(stocks.begin(), stocks.end());
    absent_stocks_ = std::move(stocks);
  }
  Rows* last_events = more.last_events.empty() ? nullptr : &*next++;
  read_time(std::move(*next));
  if (last_events) loaded.last_events = read_last_events(std::move(*last_events), names_);
}

void Batch::read_claims_of(const std::vector<KeyDigest>& keys, Rows rows, Loaded& loaded) {
  absent_claims_.insert(keys.begin(), keys.end());
  for (Claim& claim : read_claims(std::move(rows))) {
    absent_claims_.erase(claim.key);
    loaded.claims.push_back(std::move(claim));
  }
}

void Batch::read_time(Rows row) {
  row.next();
  const Timestamp now = row.time(), last = row.time();
  time_ = std::max(now, last + 1us);
  const Timestamp expected = server_time_.expected();
  if (now + ServerTime::behind < expected) time_ = std::max(time_, expected);
  server_time_.told(time_);
  last_time_ = time_;
}

void Batch::read_flows(Rows rows, std::vector<Flow>* flows) {
  while (rows.next()) {
    StoredFlow stored = read_flow(rows, names_);
    Flow& flow = stored.flow;
    Known& known = known_[flow.order.id];
    known.is_stored = true;
    known.has_order = stored.has_order;
    if (stored.has_order) {
      known.order_status = flow.order.status;
      known.user = flow.order.user;
    }
    known.has_saga = flow.saga.has_value();
    if (flow.saga)
      known.saga_state = {names_.number_of_definition(flow.saga->type, flow.saga->definition_version),
                          flow.saga->status};
    known.payments = flow.payments;
    known.barriers = flow.barriers;
    if (flows) flows->push_back(std::move(flow));
  }
}

// A new order of which nothing else is changed is taken for a new flow. Everything else that the batch did not load is
// looked at now.
void Batch::read_unknown(const Changes& changes) {
  std::set<OrderId> ids;
  for (const Saga* saga : changes.new_sagas) ids.insert(order_of(saga->id));
  for (const Payment* payment : changes.new_payments) ids.insert(payment->order);
  for (const auto& [order, barrier] : changes.barriers) ids.insert(order);
  for (const Changes::Reservations& each : changes.reservations) ids.insert(each.order);
  for (const OrderId id : changes.taken_over) ids.insert(id);
  for (const Order* order : changes.new_orders) {
    if (doubting_)
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
  send_flows_load(connection_, unknown);
  read_flows(std::move(connection_.flush().back()), nullptr);
}

Batch::Known& Batch::meet(OrderId id) {
  Known& known = known_[id];
  if (known.parts == 0) touched_.push_back(id);
  return known;
}

void Batch::set(const Order& order, bool is_new) {
  Known& known = meet(order.id);
  if (is_new && (known.has_order || known.order))
    fail_as_bug(fmt::format("order {} is not new: it is stored already", order.id.text()));
  if (!is_new && !known.has_order && !known.order)
    fail_as_bug(fmt::format("order {} cannot be changed: it is not stored", order.id.text()));
  known.order = &order;
  known.user = order.user;
  known.parts |= is_new ? part_order | part_order_origin : part_order;
}

void Batch::set(const Saga& saga, bool is_new) {
  Known& known = meet(order_of(saga.id));
  if (is_new && (known.has_saga || known.saga))
    fail_as_bug(fmt::format("saga {} is not new: it is stored already", saga.id.text()));
  if (!is_new && !known.has_saga && !known.saga)
    fail_as_bug(fmt::format("saga {} cannot be changed: it is not stored", saga.id.text()));
  known.saga = &saga;
  known.parts |= is_new ? part_saga | part_saga_origin : part_saga;
}

void Batch::set(const Payment& payment, bool is_new) {
  Known& known = meet(payment.order);
  known.parts |= part_payments;
  const auto stored = std::find_if(known.payments.begin(), known.payments.end(),
                                   [&](const Payment& each) { return each.execution == payment.execution; });
  const bool is_there = stored != known.payments.end();
  if (is_new == is_there)
    fail_as_bug(fmt::format("payment {} of order {} {}", payment.execution, payment.order.text(),
                            is_there ? "is not new: it is stored already" : "cannot be changed: it is not stored"));
  if (is_there) {
    *stored = payment;
    return;
  }
  known.payments.push_back(payment);
  std::sort(known.payments.begin(), known.payments.end(),
            [](const Payment& a, const Payment& b) { return a.execution < b.execution; });
}

void Batch::set(OrderId order, const Barrier& barrier) {
  Known& known = meet(order);
  known.parts |= part_barriers;
  for (const Barrier& each : known.barriers)
    if (each.step == barrier.step && each.execution == barrier.execution && each.direction == barrier.direction)
      fail_as_bug(fmt::format("execution {} of step {} of order {} has its barrier already", barrier.execution,
                              barrier.step, order.text()));
  known.barriers.push_back(barrier);
}

void Batch::write(const Changes& changes) {
  check_events(changes.events);
  read_unknown(changes);
  for (const Order* order : changes.new_orders) set(*order, true);
  for (const Order* order : changes.orders) set(*order, false);
  for (const Saga* saga : changes.new_sagas) set(*saga, true);
  for (const Saga* saga : changes.sagas) set(*saga, false);
  for (const Payment* payment : changes.new_payments) set(*payment, true);
  for (const Payment* payment : changes.payments) set(*payment, false);
  for (const auto& [order, barrier] : changes.barriers) set(order, *barrier);
  for (const Changes::Reservations& each : changes.reservations) {
    Known& known = meet(each.order);
    known.parts |= part_reservations;
    known.reservations = &each;
  }
  for (const OrderId id : changes.taken_over) meet(id).parts |= part_writer;

  write_flows();
  write_claims(changes.claims);
  write_stocks(changes.stocks);
  if (!changes.events.empty()) send_events(connection_, names_, node_, changes.events);
  send_accounts(connection_, changes.users);
  write_replays(changes.replays);
  counts_.send(connection_, node_);
  last_time_ = std::max(last_time_, changes.latest);
  connection_.send(sql_write_node, Parameters().add(node_).add(last_sequence_).add(last_time_));
}

// One statement for those that are new, and one for each set of parts that change; each in the order of the ids.
void Batch::write_flows() {
  std::sort(touched_.begin(), touched_.end());
  std::map<unsigned, FlowWriting> updates;
  FlowWriting inserts(FlowWriting::Kind::insert, part_all);
  bool has_inserts = false;
  for (const OrderId id : touched_) {
    const Known& known = known_.at(id);
    FlowChange change{id, known.order, known.saga};
    change.reservations = known.reservations;
    change.writer = node_;
    const UserId* user = known.user ? &*known.user : nullptr;
    // Payments of an order that comes later name its user themselves.
    if (!known.is_stored || known.parts & part_payments)
      change.payments = payments_text(known.payments, user, names_);
    if (!known.is_stored || known.parts & part_barriers) change.barriers = barriers_text(known.barriers);
    if (known.is_stored) {
      const auto [update, is_first] =
          updates.try_emplace(known.parts, FlowWriting::Kind::update, known.parts);
      update->second.add(change, names_);
    } else {
      inserts.add(change, names_);
      has_inserts = true;
    }
    count(known);
  }
  // Sent when all texts are made: they may have asked the server for names.
  if (has_inserts) inserts.send(connection_);
  for (auto& [parts, update] : updates) update.send(connection_);
}

void Batch::count(const Known& known) {
  if (known.order && !(known.has_order && known.order_status == known.order->status)) {
    counts_.add(known.order->status, 1);
    if (known.has_order) counts_.add(known.order_status, -1);
  }
  if (!known.saga) return;
  const Saga& saga = *known.saga;
  const std::pair after{
      known.has_saga ? known.saga_state.first : names_.number_of_definition(saga.type, saga.definition_version),
      saga.status};
  if (known.has_saga && known.saga_state == after) return;
  counts_.add(after.first, after.second, 1);
  if (known.has_saga) counts_.add(known.saga_state.first, known.saga_state.second, -1);
}

void Batch::write_claims(const std::vector<const Claim*>& claims) {
  std::vector<const Claim*> fresh, others;
  for (const Claim* claim : claims) (absent_claims_.contains(claim->key) ? fresh : others).push_back(claim);
  send_new_claims(connection_, fresh);
  send_claims(connection_, others);
}

void Batch::write_stocks(const std::vector<const Stock*>& stocks) {
  std::vector<const Stock*> fresh, others;
  for (const Stock* stock : stocks) (absent_stocks_.contains(stock->key) ? fresh : others).push_back(stock);
  send_new_stocks(connection_, names_, fresh);
  send_stocks(connection_, names_, others);
}

void Batch::write_replays(const std::vector<const Replay*>& replays) {
  for (const Replay* replay : replays) {
    if (absent_replays_.erase({replay->key.user, replay->key.key}) > 0)
      send_new_replay(connection_, *replay);
    else
      send_replay(connection_, *replay);
  }
}

void Batch::check_events(const std::vector<const Event*>& events) {
  for (const Event* event : events) {
    if (event->node != writer_.node || event->sequence != last_sequence_ + 1 || event->occurred_at < last_time_)
      fail_as_bug(fmt::format(
          "event {} of node {} cannot be written: event {} of node {}, from {} on, is due", event->sequence,
          event->node, last_sequence_ + 1, writer_.node, iso8601_us(last_time_)));
    last_sequence_ = event->sequence;
    last_time_ = event->occurred_at;
    counts_.add(event->type, 1);
  }
}

}  // namespace sagactl::postgres
