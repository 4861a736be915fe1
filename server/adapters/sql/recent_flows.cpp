#include "server/adapters/sql/recent_flows.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace sagactl::sql {
namespace {

constexpr std::size_t items_max = 8, address_bytes_max = 1'024;

bool is_worth_keeping(const Order& order, const Saga& saga) {
  return !is_terminal(saga.status) && !saga.own_definition && order.items.size() <= items_max &&
         order.address.size() <= address_bytes_max;
}

void sort_as_stored(Flow& flow) {
  std::sort(flow.payments.begin(), flow.payments.end(),
            [](const Payment& a, const Payment& b) { return a.execution < b.execution; });
  std::sort(flow.barriers.begin(), flow.barriers.end(), [](const Barrier& a, const Barrier& b) {
    return std::tie(a.step, a.execution, a.direction) < std::tie(b.step, b.execution, b.direction);
  });
}

}  // namespace

std::optional<RecentFlows::RecentFlow> RecentFlows::take(OrderId id) {
  for (Flows* flows : {&recent_, &older_})
    if (auto found = flows->extract(id)) return std::move(found.mapped());
  return std::nullopt;
}

void RecentFlows::put_new(const Changes& changes, const std::function<std::int64_t(OrderId)>& mark_of) {
  if (changes.new_orders.empty()) return;
  std::unordered_map<OrderId, const Order*> orders;
  for (const Order* order : changes.new_orders) orders.emplace(order->id, order);
  Flows begun;
  for (const Saga* saga : changes.new_sagas) {
    const auto order = orders.find(order_of(saga->id));
    if (order == orders.end() || !is_worth_keeping(*order->second, *saga)) continue;
    const Order& placed = *order->second;
    begun.emplace(placed.id, RecentFlow{Flow{placed, *saga, {}, {}, {}, placed.node}, mark_of(placed.id)});
  }
  const auto flow_of = [&](OrderId id) {
    const auto found = begun.find(id);
    return found == begun.end() ? nullptr : &found->second.flow;
  };
  for (const Payment* payment : changes.new_payments)
    if (Flow* flow = flow_of(payment->order)) flow->payments.push_back(*payment);
  for (const auto& [order, barrier] : changes.barriers)
    if (Flow* flow = flow_of(order)) flow->barriers.push_back(*barrier);
  for (const Changes::Reservations& each : changes.reservations)
    if (Flow* flow = flow_of(each.order)) flow->reservations = *each.all;
  for (auto& [id, flow] : begun) sort_as_stored(flow.flow);
  put(std::move(begun));
}

void RecentFlows::put(Flows begun) {
  if (recent_.size() + begun.size() > generation_max_) {
    older_ = std::move(recent_);
    recent_.clear();
  }
  if (begun.size() <= generation_max_) recent_.merge(begun);
}

void RecentFlows::clear() {
  recent_.clear();
  older_.clear();
}

}  // namespace sagactl::sql
