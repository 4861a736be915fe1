#include <utility>

#include "server/adapters/memory/memory_database.hpp"

namespace sagactl::memory {
namespace {

class MemorySnapshot : public History {
 public:
  MemorySnapshot(const MemoryState& state, std::vector<NodeInfo> nodes, Timestamp taken_at)
      : flows_(state.flows), nodes_(std::move(nodes)), taken_at_(taken_at) {
    for (const auto& [name, node] : state.nodes) events_.emplace_back(name, node.events);
    for (const auto& [key, claim] : state.claims) claims_.push_back(claim);
    for (const auto& [key, stock] : state.stocks) stocks_.push_back(stock);
  }

  Result<void> each_flow(const HistoryFilter& filter, const std::function<bool(FlowHistory&)>& visit) override {
    for (const auto& [id, version] : flows_) {
      const Flow& flow = version->flow;
      const Timestamp created = version->has_order ? flow.order.created_at
                                : flow.saga        ? flow.saga->created_at
                                                   : Timestamp{};
      if ((filter.since && created < *filter.since) || (filter.until && created >= *filter.until)) continue;
      FlowHistory history{flow, {}};
      for (const EventPointer& event : version->events) history.events.push_back(*event);
      sort_by_time(history.events);
      if (!visit(history)) break;
    }
    return {};
  }

  Result<void> each_event(
      const std::function<bool(const NodeName&, std::int64_t sequence, Timestamp)>& visit) override {
    for (const auto& [name, events] : events_)
      for (const EventPointer& event : events)
        if (!visit(name, event->sequence, event->occurred_at)) return {};
    return {};
  }

  Result<std::vector<Event>> stock_events() override {
    std::vector<Event> found;
    for (const auto& [name, events] : events_)
      for (const EventPointer& event : events)
        if (event->order == OrderId{}) found.push_back(*event);
    return found;
  }

  Result<void> each_claim(const std::function<bool(const Claim&)>& visit) override {
    for (const Claim& claim : claims_)
      if (!visit(claim)) break;
    return {};
  }

  Result<std::vector<Stock>> stocks() override { return stocks_; }
  Result<std::vector<NodeInfo>> nodes() override { return nodes_; }
  Timestamp taken_at() const override { return taken_at_; }
  Result<History*> beside() override { return this; }  // it only reads what never changes

 private:
  std::map<OrderId, FlowPointer> flows_;
  std::vector<std::pair<NodeName, std::vector<EventPointer>>> events_;
  std::vector<Claim> claims_;
  std::vector<Stock> stocks_;
  std::vector<NodeInfo> nodes_;
  Timestamp taken_at_;
};

}  // namespace

Result<std::unique_ptr<History>> MemoryDatabase::snapshot() {
  const std::lock_guard lock(mutex_);
  return std::unique_ptr<History>(std::make_unique<MemorySnapshot>(state_, node_infos(), now()));
}

}  // namespace sagactl::memory
