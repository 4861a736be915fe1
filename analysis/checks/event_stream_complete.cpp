// Verdict event-stream-complete: per node the sequence of events has no gap; per aggregate the versions are 1, 2, 3 ...
// Imported events have the times of another system, in any order. (A stock's versions also count the changes by
// reservations: stock-balances finds the missing ones.)
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "analysis/checks/database_checks.hpp"
#include "analysis/readable.hpp"
#include "analysis/violations.hpp"
#include "server/ports/importing_node.hpp"

namespace sagactl {
namespace {

class EventStreamComplete final : public Check {
  static constexpr std::string_view name = "event-stream-complete";

 public:
  void on_stock_events(const std::vector<StockSetFacts>& events) override {
    for (const StockSetFacts& set : events) {
      if (!set.readable || set.event->version == set.left.version) continue;
      violations_.add({.what = fmt::format("the event that sets {} has version {}, but its data says {}",
                                           name_of(set.key), set.event->version, set.left.version),
                       .rule = "the versions of a stock's events are those of its changes",
                       .rows = Json::array({row_of(*set.event)}),
                       .nodes = Json::array({set.event->node})});
    }
  }

  void on_flow(const FlowFacts& facts) override {
    if (facts.has_order) ++placed_[facts.flow.order.node];
    for (const AggregateFacts& aggregate : facts.aggregates) {
      int version = 0;
      const Event* previous = nullptr;
      for (const EventFacts* it : aggregate.events) {
        if (it->event->version != ++version) {
          Json rows = Json::array();
          if (previous) rows.push_back(row_of(*previous));
          rows.push_back(row_of(*it->event));
          violations_.add(
              {.what = fmt::format("{} {} has an event of version {} where version {} is expected",
                                   to_string(aggregate.type), aggregate.id.text(), it->event->version, version),
               .rule = "the versions of an aggregate's events are 1, 2, 3 ...",
               .rows = rows});
          break;
        }
        previous = it->event;
      }
    }
  }

  bool wants_events() const override { return true; }
  void on_event(const NodeName& node, std::int64_t sequence, Timestamp occurred_at) override {
    ++events_;
    if (!current_ || current_->first != node) current_ = &*streams_.try_emplace(node).first;
    NodeStream& stream = current_->second;
    const bool first = stream.last == 0;
    if (!first && sequence != stream.last + 1)
      of_streams_.add(
          {.what = fmt::format("the event of node {} after event {} is event {}", node, stream.last, sequence),
           .rule = "a node numbers its events without gaps and none twice",
           .rows = Json::array({row(node, stream.last, stream.last_at), row(node, sequence, occurred_at)}),
           .nodes = Json::array({node})});
    if (!first && occurred_at < stream.last_at && node != importing_node)
      of_streams_.add(
          {.what = fmt::format("node {}'s event {} is older than its event {}", node, sequence, stream.last),
           .rule = "the times of a node's events never go backwards",
           .rows = Json::array({row(node, stream.last, stream.last_at), row(node, sequence, occurred_at)}),
           .nodes = Json::array({node})});
    if (first) stream.first = sequence;
    stream.last = sequence;
    stream.last_at = occurred_at;
  }

  Verdict finish(const ClusterSnapshot& snapshot) override {
    violations_.add(of_streams_);
    std::int64_t deleted = 0;
    for (const auto& [node, stream] : streams_) {
      deleted += stream.first - 1;
      const auto known = std::find_if(snapshot.nodes.begin(), snapshot.nodes.end(),
                                      [&name = node](const NodeInfo& info) { return info.name == name; });
      if (known == snapshot.nodes.end() || known->last_sequence == stream.last) continue;
      violations_.add({.what = fmt::format("node {} has written events up to {}, but the last one stored is {}", node,
                                           known->last_sequence, stream.last),
                       .rule = "the last event that a node wrote is stored",
                       .rows = Json::array({row_of(*known), row(node, stream.last, stream.last_at)}),
                       .nodes = Json::array({node})});
    }
    // A node whose events are all gone although its orders are stored.
    for (const NodeInfo& info : snapshot.nodes) {
      const auto placed = placed_.find(info.name);
      if (info.last_sequence == 0 || streams_.count(info.name) > 0 || placed == placed_.end()) continue;
      violations_.add(
          {.what = fmt::format("node {} has written events up to {} and placed {}, but none of its events is stored",
                               info.name, info.last_sequence, count_of(placed->second, "order")),
           .rule = "the last event that a node wrote is stored",
           .rows = Json::array({row_of(info)}),
           .nodes = Json::array({info.name})});
    }
    std::string summary =
        fmt::format("{} of {} without a gap", count_of(events_, "event"), count_of(streams_.size(), "node"));
    if (deleted > 0)
      summary += fmt::format("; the oldest {} were deleted", with_separators(static_cast<std::uint64_t>(deleted)));
    return violations_.verdict(name, summary);
  }

 private:
  struct NodeStream {
    std::int64_t first = 0, last = 0;
    Timestamp last_at;
  };
  static Json row(const NodeName& node, std::int64_t sequence, Timestamp at) {
    return Json{{"table", "event_store"}, {"node", node}, {"sequence", sequence}, {"occurredAt", iso8601_us(at)}};
  }

  // Of events: they come from another thread than flows.
  std::map<NodeName, NodeStream> streams_;
  std::pair<const NodeName, NodeStream>* current_ = nullptr;  // of the last event
  std::uint64_t events_ = 0;
  Violations of_streams_;
  std::map<NodeName, std::uint64_t> placed_;  // orders that are stored
  Violations violations_;
};

}  // namespace

std::unique_ptr<Check> event_stream_complete() {
  return std::make_unique<EventStreamComplete>();
}

}  // namespace sagactl
