#include "server/adapters/sqlite/sqlite_batch.hpp"

#include <algorithm>
#include <set>
#include <unordered_set>

#include "server/adapters/sql/change_checks.hpp"
#include "server/ports/importing_node.hpp"

namespace sagactl::sqlite {

SqliteBatch::SqliteBatch(SqliteTables& tables, sql::RecentFlows& recent, const NodeRow& node, StoredProgress progress,
                         Timestamp time)
    : tables_(tables), recent_(recent), node_(node), progress_(progress), time_(time) {
  progress_.last_time = time;
}

Loaded SqliteBatch::load(const BatchKeys& keys) {
  Loaded loaded;
  known_.reserve(keys.flows.size());
  loaded.flows.reserve(keys.flows.size());
  for (const OrderId id : keys.flows) {
    if (known_.contains(id) || take_recent(id, loaded)) continue;
    Flow flow;
    const LoadedFlow& known = read(id, flow);
    if (!known.is_stored) continue;
    tables_.payments.read(known.number, id, flow.payments);
    tables_.barriers.read(known.number, flow.barriers);
    loaded.flows.push_back(std::move(flow));
  }
  load_claims(keys.claims, loaded);
  load_stocks(keys.stocks, loaded);

  std::unordered_set<UserId> users;
  const auto add_user = [&](std::optional<User> user) {
    if (user && users.insert(user->id).second) loaded.users.push_back(std::move(*user));
  };
  for (const UserId id : keys.users) add_user(tables_.accounts.find(id));
  for (const std::string& email : keys.emails) add_user(tables_.accounts.find(email));

  std::set<std::pair<UserId, std::string_view>> replays;
  for (const ReplayKey& key : keys.replays)
    if (replays.emplace(key.user, key.key).second)
      if (auto replay = tables_.replays.find(key)) loaded.replays.push_back(std::move(*replay));
  const BatchKeys more = dependent_keys(keys, loaded);
  load_claims(more.claims, loaded);
  load_stocks(more.stocks, loaded);
  for (const OrderId id : more.last_events)
    if (const auto place = tables_.events.last_of(id, known_.at(id).number)) loaded.last_events.push_back(*place);
  return loaded;
}

void SqliteBatch::load_claims(const std::vector<KeyDigest>& keys, Loaded& loaded) {
  const std::vector<Claim> found = tables_.claims.find(keys);
  loaded.claims.insert(loaded.claims.end(), found.begin(), found.end());
}

void SqliteBatch::load_stocks(const std::vector<StockKey>& keys, Loaded& loaded) {
  for (const StockKey& key : std::set(keys.begin(), keys.end()))
    if (auto stock = tables_.stocks.find(key))
      loaded.stocks.push_back(std::move(*stock));
    else
      loaded.absent_stocks.push_back(key);
}

bool SqliteBatch::take_recent(OrderId id, Loaded& loaded) {
  auto recent = recent_.take(id);
  if (!recent) return false;
  know_stored(id, recent->mark, recent->flow, true);
  loaded.flows.push_back(std::move(recent->flow));
  return true;
}

SqliteBatch::LoadedFlow& SqliteBatch::read(OrderId id, Flow& flow) {
  (void)recent_.take(id);  // whoever reads it may change it
  bool has_order = false;
  const std::int64_t number = tables_.flows.read(id, flow, has_order);
  if (number != 0) return know_stored(id, number, flow, has_order);
  LoadedFlow& known = known_[id];
  known.number = ++progress_.last_flow;
  return known;
}

SqliteBatch::LoadedFlow& SqliteBatch::know_stored(OrderId id, std::int64_t number, const Flow& flow, bool has_order) {
  LoadedFlow& known = known_[id];
  known.number = number;
  known.is_stored = true;
  if (has_order) known.order_status = flow.order.status;
  if (flow.saga)
    known.saga = {tables_.names.number_of_definition(flow.saga->type, flow.saga->definition_version),
                  flow.saga->status};
  return known;
}

// Gives numbers to the flows that begin. One statement finds those that are stored already: they are left to touch().
void SqliteBatch::look_up_new(const Changes& changes) {
  std::vector<OrderId> begun;
  const auto add = [&](OrderId id) {
    if (!known_.contains(id)) begun.push_back(id);
  };
  for (const Order* order : changes.new_orders) add(order->id);
  for (const Saga* saga : changes.new_sagas) add(order_of(saga->id));
  const std::unordered_set<OrderId> stored = tables_.flows.find(begun);
  for (const OrderId id : begun)
    if (!stored.contains(id) && !known_.contains(id)) known_[id].number = ++progress_.last_flow;
}

SqliteBatch::LoadedFlow& SqliteBatch::touch(OrderId id) {
  if (last_touched_.second && last_touched_.first == id) return *last_touched_.second;
  const auto known = known_.find(id);
  Flow flow;
  last_touched_ = {id, known != known_.end() ? &known->second : &read(id, flow)};
  return *last_touched_.second;
}

// The number of a flow. One that is not stored yet is written now, without an order and a saga.
std::int64_t SqliteBatch::number_of(OrderId id) {
  LoadedFlow& known = touch(id);
  if (!known.is_stored) tables_.flows.insert({begin_flow(id, known)});
  return known.number;
}

void SqliteBatch::set(const Order& order, bool is_new) {
  LoadedFlow& known = touch(order.id);
  sql::check_is_stored("order", order.id, is_new, known.order_status || known.order);
  if (!known.order && !known.saga_change) changed_.push_back(order.id);
  known.order = &order;
  known.is_new_order |= is_new;
}

void SqliteBatch::set(const Saga& saga, bool is_new) {
  LoadedFlow& known = touch(order_of(saga.id));
  sql::check_is_stored("saga", saga.id, is_new, known.saga || known.saga_change);
  if (!known.order && !known.saga_change) changed_.push_back(order_of(saga.id));
  known.saga_change = &saga;
  known.is_new_saga |= is_new;
}

void SqliteBatch::write(const Writer& writer, const Changes& changes) {
  look_up_new(changes);
  for (const Order* order : changes.new_orders) set(*order, true);
  for (const Order* order : changes.orders) set(*order, false);
  for (const Saga* saga : changes.new_sagas) set(*saga, true);
  for (const Saga* saga : changes.sagas) set(*saga, false);
  for (const Changes::Reservations& each : changes.reservations) touch(each.order).reservations = &each;
  write_flows();
  for (const Changes::Reservations& each : changes.reservations)
    if (touch(each.order).reservations) tables_.flows.update(number_of(each.order), each);
  for (const OrderId id : changes.taken_over) tables_.flows.set_writer(number_of(id), node_.number);
  write_parts(changes);
  write_events(writer, changes.events);
  for (const Changes::Reservations& each : changes.reservations) {
    const LoadedFlow& known = touch(each.order);
    if (!each.next_check_at && !known.order_status && !known.order && !known.saga && !known.saga_change)
      tables_.flows.drop_if_empty(known.number);
  }
  progress_.last_time = std::max(progress_.last_time, changes.latest);
  for (const Stock* stock : changes.stocks) tables_.stocks.put(*stock);
  for (const User* user : changes.users) tables_.accounts.put(*user);
  for (const Replay* replay : changes.replays) tables_.replays.put(*replay);
  tables_.counters.add(counts_);
  tables_.progress.write(progress_);
  recent_.put_new(changes, [this](OrderId id) { return known_.at(id).number; });
}

void SqliteBatch::write_flows() {
  std::vector<NewFlow> begun;
  for (const OrderId id : changed_) {
    LoadedFlow& known = known_[id];
    if (known.is_stored)
      update_flow(known);
    else
      begun.push_back(begin_flow(id, known));
    if (known.saga_change && known.is_new_saga) tables_.searches.insert(known.number, *known.saga_change);
    count(known);
  }
  tables_.flows.insert(begun);
}

NewFlow SqliteBatch::begin_flow(OrderId id, LoadedFlow& known) {
  known.is_stored = true;
  return {known.number, id, known.order, known.saga_change, std::exchange(known.reservations, nullptr), node_.number};
}

void SqliteBatch::update_flow(const LoadedFlow& known) {
  FlowTable& flows = tables_.flows;
  if (known.order && known.saga_change && !known.is_new_order && !known.is_new_saga)
    return flows.update(known.number, *known.order, *known.saga_change);
  if (known.order && known.is_new_order)
    flows.fill(known.number, *known.order);
  else if (known.order)
    flows.update(known.number, *known.order);
  if (known.saga_change && known.is_new_saga)
    flows.fill(known.number, *known.saga_change);
  else if (known.saga_change)
    flows.update(known.number, *known.saga_change);
}

void SqliteBatch::count(const LoadedFlow& known) {
  if (known.order) counts_.change(known.order_status, known.order->status);
  if (!known.saga_change) return;
  const Saga& saga = *known.saga_change;
  const std::int64_t definition = known.saga ? known.saga->first : tables_.names.number_of_definition(saga);
  counts_.change(known.saga, {definition, saga.status});
}

void SqliteBatch::write_parts(const Changes& changes) {
  PartsOfFlows<Payment> payments;
  for (const Payment* payment : changes.new_payments) payments.emplace_back(number_of(payment->order), payment);
  tables_.payments.insert(payments);
  for (const Payment* payment : changes.payments) tables_.payments.update(number_of(payment->order), *payment);
  PartsOfFlows<Barrier> barriers;
  for (const auto& [order, barrier] : changes.barriers) barriers.emplace_back(number_of(order), barrier);
  tables_.barriers.insert(barriers);
  for (const auto& [order, record] : changes.calls) tables_.calls.insert(number_of(order), *record);
  PartsOfFlows<Claim> claims;
  for (const Claim* claim : changes.claims) claims.emplace_back(number_of(claim->order), claim);
  tables_.claims.put(claims);
  tables_.claims.settle();
}

void SqliteBatch::write_events(const Writer& writer, const std::vector<const Event*>& events) {
  if (events.empty()) return;
  PartsOfFlows<Event> numbered;
  numbered.reserve(events.size());
  for (const Event* event : events) {
    sql::check_next_event(*event, writer.node, node_.last_sequence, progress_.last_time);
    numbered.emplace_back(event->order == OrderId{} ? EventTable::no_flow : number_of(event->order), event);
    counts_.add(event->type);
  }
  tables_.events.insert(node_.number, numbered);
  tables_.nodes.set_last_sequence(node_.number, node_.last_sequence);
  if (writer.node == importing_node) tables_.nodes.set_published({writer.node, node_.last_sequence});
}

}  // namespace sagactl::sqlite
