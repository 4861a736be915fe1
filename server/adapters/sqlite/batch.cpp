#include "server/adapters/sqlite/batch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_set>

#include "server/adapters/sqlite/failure.hpp"

namespace sagactl::sqlite {

Batch::Batch(Tables& tables, const NodeRow& node, ProgressTable::Row progress, Timestamp time)
    : tables_(tables), node_(node), progress_(progress), time_(time) {
  progress_.last_time = time;
}

Loaded Batch::load(const BatchKeys& keys) {
  Loaded loaded;
  known_.reserve(keys.flows.size());
  loaded.flows.reserve(keys.flows.size());
  for (const OrderId id : keys.flows) {
    if (known_.contains(id)) continue;
    Flow flow;
    const Known& known = read(id, flow);
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

void Batch::load_claims(const std::vector<KeyDigest>& keys, Loaded& loaded) {
  for (const KeyDigest& key : std::set(keys.begin(), keys.end()))
    if (const auto claim = tables_.claims.find(key)) loaded.claims.push_back(*claim);
}

void Batch::load_stocks(const std::vector<StockKey>& keys, Loaded& loaded) {
  for (const StockKey& key : std::set(keys.begin(), keys.end()))
    if (auto stock = tables_.stocks.find(key)) loaded.stocks.push_back(std::move(*stock));
    else loaded.absent_stocks.push_back(key);
}

Batch::Known& Batch::read(OrderId id, Flow& flow) {
  Known& known = known_[id];
  bool has_order = false;
  known.number = tables_.flows.read(id, flow, has_order);
  known.is_stored = known.number != 0;
  if (!known.is_stored) {
    known.number = ++progress_.last_flow;
    return known;
  }
  if (has_order) known.order_status = flow.order.status;
  if (flow.saga)
    known.saga = {tables_.names.number_of_definition(flow.saga->type, flow.saga->definition_version),
                  flow.saga->status};
  return known;
}

Batch::Known& Batch::meet(OrderId id) {
  if (last_met_.second && last_met_.first == id) return *last_met_.second;
  const auto known = known_.find(id);
  Flow flow;
  last_met_ = {id, known != known_.end() ? &known->second : &read(id, flow)};
  return *last_met_.second;
}

// The number of a flow, which is written without order and saga when nothing of it is stored yet.
std::int64_t Batch::number_of(OrderId id) {
  Known& known = meet(id);
  if (!known.is_stored) write_flow(id, known);
  return known.number;
}

void Batch::set(const Order& order, bool is_new) {
  Known& known = meet(order.id);
  const bool is_there = known.order_status || known.order;
  if (is_new && is_there)
    fail_as_bug(fmt::format("order {} is not new: it is stored already", order.id.text()));
  if (!is_new && !is_there)
    fail_as_bug(fmt::format("order {} cannot be changed: it is not stored", order.id.text()));
  if (!known.order && !known.saga_change) changed_.push_back(order.id);
  known.order = &order;
  known.is_new_order |= is_new;
}

void Batch::set(const Saga& saga, bool is_new) {
  Known& known = meet(order_of(saga.id));
  const bool is_there = known.saga || known.saga_change;
  if (is_new && is_there)
    fail_as_bug(fmt::format("saga {} is not new: it is stored already", saga.id.text()));
  if (!is_new && !is_there)
    fail_as_bug(fmt::format("saga {} cannot be changed: it is not stored", saga.id.text()));
  if (!known.order && !known.saga_change) changed_.push_back(order_of(saga.id));
  known.saga_change = &saga;
  known.is_new_saga |= is_new;
}

void Batch::write(const Writer& writer, const Changes& changes) {
  for (const Order* order : changes.new_orders) set(*order, true);
  for (const Order* order : changes.orders) set(*order, false);
  for (const Saga* saga : changes.new_sagas) set(*saga, true);
  for (const Saga* saga : changes.sagas) set(*saga, false);
  for (const Changes::Reservations& each : changes.reservations) meet(each.order).reservations = &each;
  for (const OrderId id : changed_) write_flow(id, known_[id]);
  for (const Changes::Reservations& each : changes.reservations)
    if (meet(each.order).reservations) tables_.flows.update(number_of(each.order), each);
  for (const OrderId id : changes.taken_over) tables_.flows.set_writer(number_of(id), node_.number);
  write_parts(changes);
  write_events(writer, changes.events);
  for (const Changes::Reservations& each : changes.reservations) {
    const Known& known = meet(each.order);
    if (!each.next_check_at && !known.order_status && !known.order && !known.saga && !known.saga_change)
      tables_.flows.drop_if_empty(known.number);
  }
  progress_.last_time = std::max(progress_.last_time, changes.latest);
  for (const Stock* stock : changes.stocks) tables_.stocks.put(*stock);
  for (const User* user : changes.users) tables_.accounts.put(*user);
  for (const Replay* replay : changes.replays) tables_.replays.put(*replay);
  tables_.counters.add(counts_);
  tables_.progress.write(progress_);
}

void Batch::write_flow(OrderId id, Known& known) {
  FlowTable& flows = tables_.flows;
  if (!known.is_stored) {
    flows.insert(known.number, id, known.order, known.saga_change, std::exchange(known.reservations, nullptr));
  } else if (known.order && known.saga_change && !known.is_new_order && !known.is_new_saga) {
    flows.update(known.number, *known.order, *known.saga_change);
  } else {
    if (known.order && known.is_new_order)
      flows.fill(known.number, *known.order);
    else if (known.order)
      flows.update(known.number, *known.order);
    if (known.saga_change && known.is_new_saga)
      flows.fill(known.number, *known.saga_change);
    else if (known.saga_change)
      flows.update(known.number, *known.saga_change);
  }
  known.is_stored = true;
  count(known);
}

void Batch::count(const Known& known) {
  if (known.order && known.order_status != known.order->status) {
    ++counts_.orders[known.order->status];
    if (known.order_status) --counts_.orders[*known.order_status];
  }
  if (!known.saga_change) return;
  const Saga& saga = *known.saga_change;
  const std::pair after{
      known.saga ? known.saga->first : tables_.names.number_of_definition(saga.type, saga.definition_version),
      saga.status};
  if (known.saga == after) return;
  ++counts_.sagas[after];
  if (known.saga) --counts_.sagas[*known.saga];
}

void Batch::write_parts(const Changes& changes) {
  for (const Payment* payment : changes.new_payments)
    tables_.payments.insert(number_of(payment->order), *payment);
  for (const Payment* payment : changes.payments)
    tables_.payments.update(number_of(payment->order), *payment);
  for (const auto& [order, barrier] : changes.barriers) tables_.barriers.insert(number_of(order), *barrier);
  for (const Claim* claim : changes.claims) tables_.claims.put(*claim, number_of(claim->order));
  tables_.claims.settle();
}

void Batch::write_events(const Writer& writer, const std::vector<const Event*>& events) {
  if (events.empty()) return;
  for (const Event* event : events) {
    if (event->node != writer.node || event->sequence != node_.last_sequence + 1 ||
        event->occurred_at < progress_.last_time)
      fail_as_bug(fmt::format(
          "event {} of node {} cannot be written: event {} of node {}, from {} on, is due", event->sequence,
          event->node, node_.last_sequence + 1, writer.node, iso8601_us(progress_.last_time)));
    node_.last_sequence = event->sequence;
    progress_.last_time = event->occurred_at;
    const std::int64_t flow = event->order == OrderId{} ? EventTable::no_flow : number_of(event->order);
    tables_.events.insert(node_.number, flow, *event);
    ++counts_.events[event->type];
  }
  tables_.nodes.set_last_sequence(node_.number, node_.last_sequence);
}

}  // namespace sagactl::sqlite
