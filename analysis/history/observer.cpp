#include "analysis/history/observer.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>

#include "analysis/history/read_ahead.hpp"

namespace sagactl {
namespace {

Result<void> read_stock_events(History& history, std::span<Observer* const> observers) {
  const auto events = history.stock_events();
  if (!events) return events.error();
  std::vector<StockSetFacts> facts;
  facts.reserve(events->size());
  for (const Event& event : *events) facts.push_back(read_stock_set(event));
  for (Observer* observer : observers) observer->on_stock_events(facts);
  return {};
}

Result<void> read_claims(History& history, std::span<Observer* const> observers) {
  return history.each_claim([&](const Claim& claim) {
    for (Observer* observer : observers) observer->on_claim(claim);
    return true;
  });
}

std::vector<Observer*> select(std::span<Observer* const> observers, bool (Observer::*wants)() const) {
  std::vector<Observer*> chosen;
  std::copy_if(observers.begin(), observers.end(), std::back_inserter(chosen), std::mem_fn(wants));
  return chosen;
}

}  // namespace

Result<ClusterSnapshot> read_history(History& history, const HistoryFilter& filter,
                                     std::span<Observer* const> observers) {
  if (const auto seen = read_stock_events(history, observers); !seen) return seen.error();
  const auto flows = each_flow_ahead(history, filter, [&](const FlowHistory& flow) {
    const FlowFacts facts(flow);
    for (Observer* observer : observers) observer->on_flow(facts);
  });
  if (!flows) return flows.error();
  const auto of_events = select(observers, &Observer::wants_events);
  std::map<NodeName, std::int64_t> ends;  // the last sequence of each node
  auto writer = ends.end();
  bool has_all_events = true;
  const auto events = history.each_event([&](const NodeName& node, std::int64_t sequence, Timestamp occurred_at) {
    if (writer == ends.end() || writer->first != node) writer = ends.try_emplace(node, 0).first;
    has_all_events &= sequence <= writer->second + 1;
    writer->second = sequence;
    for (Observer* observer : of_events) observer->on_event(node, sequence, occurred_at);
    return true;
  });
  if (!events) return events.error();
  const auto of_claims = select(observers, &Observer::wants_claims);
  if (const auto claims = read_claims(history, of_claims); !claims) return claims.error();
  auto nodes = history.nodes();
  if (!nodes) return nodes.error();
  for (const NodeInfo& node : *nodes) has_all_events &= node.last_sequence == ends[node.name];
  auto stocks = history.stocks();
  if (!stocks) return stocks.error();
  return ClusterSnapshot{.nodes = std::move(*nodes),
                         .stocks = std::move(*stocks),
                         .taken_at = history.taken_at(),
                         .complete = !filter.since && !filter.until,
                         .has_all_events = has_all_events};
}

}  // namespace sagactl
