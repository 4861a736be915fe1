// Verdict every-node-known: every order, step, payment, reservation, stock and event names a node that exists.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "analysis/checks/database_checks.hpp"
#include "analysis/readable.hpp"
#include "analysis/violations.hpp"

namespace sagactl {
namespace {

class EveryNodeKnown final : public Check {
  static constexpr std::string_view name = "every-node-known";

 public:
  void on_stock_events(const std::vector<StockSetFacts>& events) override {
    for (const StockSetFacts& set : events) count_row(set.event->node, [&] { return row_of(*set.event); });
  }

  void on_flow(const FlowFacts& facts) override {
    const Flow& flow = facts.flow;
    if (facts.has_order) {
      count_row(flow.order.node, [&] { return row_of(flow.order); });
      compare_with_event(facts);
    }
    for (const Payment& payment : flow.payments) count_row(payment.node, [&] { return row_of(payment); });
    for (const Reservation& it : flow.reservations) count_row(it.node, [&] { return row_of(it, flow.order.id); });
    for (const EventFacts& it : facts.events) count_row(it.event->node, [&] { return row_of(*it.event); });
    if (!flow.saga) return;
    count_row(flow.saga->owner.node, [&] { return row_of(*flow.saga, facts.definition); });
    for (std::size_t i = 0; i < flow.saga->steps.size(); ++i) {
      const StepState& step = flow.saga->steps[i];
      if (step.status == StepStatus::pending) continue;
      count_row(step.node, [&] {
        const bool named = facts.definition && i < facts.definition->steps.size();
        return Json{{"table", "saga_instances"},
                    {"id", flow.saga->id.text()},
                    {"step", named ? std::string(facts.definition->steps[i].name) : std::to_string(i)},
                    {"node", step.node}};
      });
    }
  }

  Verdict finish(const ClusterSnapshot& snapshot) override {
    std::uint64_t marks = 0;
    for (const Stock& stock : snapshot.stocks) count_row(stock.node, [&] { return row_of(stock); });
    for (const auto& [node, seen] : seen_) {
      marks += seen.count;
      const bool known = std::any_of(snapshot.nodes.begin(), snapshot.nodes.end(),
                                     [&name = node](const NodeInfo& info) { return info.name == name; });
      if (known) continue;
      violations_.add({.what = node.empty() ? fmt::format("{} without a node", count_of(seen.count, "row"))
                                            : fmt::format("{} of node '{}', which never registered",
                                                          count_of(seen.count, "row"), node),
                       .rule = "every row and event names the node that wrote it",
                       .rows = Json::array({seen.row}),
                       .nodes = Json::array({node})});
    }
    return violations_.verdict(
        name, marks == 0 ? std::string("no row names a node")
              : snapshot.nodes.size() == 1
                  ? fmt::format("{} name the only node", count_of(marks, "row"))
                  : fmt::format("{} name one of {}", count_of(marks, "row"), count_of(snapshot.nodes.size(), "node")));
  }

 private:
  struct NodeRows {
    std::uint64_t count = 0;
    Json row;  // the first
  };

  template <class Row>
  void count_row(const NodeName& node, Row&& row) {
    if (!last_ || last_->first != node) last_ = &*seen_.try_emplace(node).first;
    if (last_->second.count++ == 0) last_->second.row = row();
  }

  void compare_with_event(const FlowFacts& facts) {
    const EventFacts* created = facts.first(EventType::order_created);
    if (!created || created->event->node == facts.flow.order.node) return;
    violations_.add({.what = fmt::format("order {} names node {}, but its OrderCreated event names node {}",
                                         facts.flow.order.id.text(), facts.flow.order.node, created->event->node),
                     .rule = "an order and its OrderCreated event are written by the same node",
                     .rows = Json::array({row_of(facts.flow.order), row_of(*created->event)}),
                     .nodes = Json::array({facts.flow.order.node, created->event->node})});
  }

  std::map<NodeName, NodeRows> seen_;
  std::pair<const NodeName, NodeRows>* last_ = nullptr;  // of the last row: the next one is mostly of the same node
  Violations violations_;
};

}  // namespace

std::unique_ptr<Check> every_node_known() {
  return std::make_unique<EveryNodeKnown>();
}

}  // namespace sagactl
