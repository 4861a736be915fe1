#include "analysis/observer.hpp"

namespace sagactl {

Result<Surroundings> read_history(History& history, const HistoryFilter& filter,
                                  std::span<Observer* const> observers) {
  const auto flows = history.each_flow(filter, [&](const FlowHistory& flow) {
    const FlowFacts facts(flow);
    for (Observer* observer : observers) observer->see(facts);
    return true;
  });
  if (!flows) return flows.error();
  std::vector<Observer*> of_events;
  for (Observer* observer : observers)
    if (observer->wants_events()) of_events.push_back(observer);
  const auto events =
      history.each_event([&](const NodeName& node, std::int64_t sequence, Timestamp occurred_at) {
        for (Observer* observer : of_events) observer->see_event(node, sequence, occurred_at);
        return true;
      });
  if (!events) return events.error();
  auto nodes = history.nodes();
  if (!nodes) return nodes.error();
  auto claims = history.claims();
  if (!claims) return claims.error();
  return Surroundings{.nodes = std::move(*nodes),
                      .claims = std::move(*claims),
                      .taken_at = history.taken_at(),
                      .whole = !filter.since && !filter.until};
}

}  // namespace sagactl
