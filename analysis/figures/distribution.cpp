#include "analysis/figures/distribution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace sagactl {
namespace {

constexpr std::size_t windows_max = 60;
constexpr double p_uneven = 0.01;  // below this, chance does not explain it

std::string_view to_string(Evenness::Kind kind) {
  switch (kind) {
    case Evenness::Kind::round_robin:
      return "round-robin";
    case Evenness::Kind::random:
      return "random";
    case Evenness::Kind::uneven:
      return "uneven";
    case Evenness::Kind::too_few:
      return "too-few";
  }
  return "too-few";
}

double rounded(double share) {
  return std::round(share * 1e6) / 1e6;
}

Json interval_json(const Interval& interval) {
  return Json::array({rounded(interval.low), rounded(interval.high)});
}

}  // namespace

Share share_of(std::uint64_t part, std::uint64_t total) {
  const double share = total == 0 ? 0 : static_cast<double>(part) / static_cast<double>(total);
  return {share, wilson(part, total)};
}

void DistributionObserver::on_flow(const FlowFacts& facts) {
  if (facts.is_requested()) {
    const NodeName node = facts.created_by();
    ++nodes_[node].orders;
    ++windows_.at(facts.created_at()).by_node[node];
  }
  for (const EventFacts& it : facts.events) {
    NodeShare& node = nodes_[it.event->node];
    ++node.events;
    node.sagas += it.event->type == EventType::saga_started;
    node.steps += it.event->type == EventType::saga_step_completed;
  }
}

Distribution DistributionObserver::finish(const ClusterSnapshot& snapshot) {
  for (const NodeInfo& info : snapshot.nodes)
    if (info.live) nodes_[info.name];
  std::uint64_t orders = 0, steps = 0, events = 0;
  for (const auto& [name, node] : nodes_) {
    orders += node.orders;
    steps += node.steps;
    events += node.events;
  }
  Distribution distribution;
  for (auto& [name, node] : nodes_) {
    node.node = name;
    node.of_orders = share_of(node.orders, orders);
    node.of_steps = share_of(node.steps, steps);
    node.of_events = share_of(node.events, events);
    distribution.nodes.push_back(node);
  }
  distribution.evenness = evenness_of(distribution.nodes);
  windows_.narrow_to(windows_max);
  distribution.window = windows_.width();
  for (std::size_t i = 0; i < windows_.cells().size(); ++i) {
    DistributionWindow window{windows_.begin_of(i), {}};
    const auto& counts = windows_.cells()[i].by_node;
    for (const NodeShare& node : distribution.nodes) {
      const auto it = counts.find(node.node);
      window.orders.push_back(it == counts.end() ? 0 : it->second);
    }
    distribution.windows.push_back(std::move(window));
  }
  return distribution;
}

Evenness evenness_of(const std::vector<NodeShare>& nodes) {
  Evenness evenness;
  std::vector<std::uint64_t> counts;
  for (const NodeShare& node : nodes) counts.push_back(node.orders);
  if (counts.size() < 2) {
    evenness.text = "only one node";
    return evenness;
  }
  const auto [low, high] = std::minmax_element(counts.begin(), counts.end());
  evenness.spread = *high - *low;
  if (*high == 0) {
    evenness.text = "no orders";
  } else if (evenness.spread <= 1) {
    evenness.kind = Evenness::Kind::round_robin;
    evenness.text = fmt::format("as even as round robin: max - min = {}", evenness.spread);
  } else if (!(evenness.chi_square = chi_square_even(counts))) {
    evenness.text =
        fmt::format("not round robin (max - min = {}); too few orders for a chi-square test", evenness.spread);
  } else {
    const ChiSquare& test = *evenness.chi_square;
    const bool chance = test.p >= p_uneven;
    evenness.kind = chance ? Evenness::Kind::random : Evenness::Kind::uneven;
    evenness.text = fmt::format(
        "{}: max - min = {}, chi-square {:.2f} with {} degrees of freedom, p = {:.3g}",
        chance ? "not round robin, but no more uneven than random routing" : "more uneven than chance explains",
        evenness.spread, test.statistic, test.degrees, test.p);
  }
  return evenness;
}

Json to_json(const NodeShare& share) {
  return Json{{"node", share.node},
              {"orders", share.orders},
              {"sagas", share.sagas},
              {"steps", share.steps},
              {"share", rounded(share.of_orders.share)},
              {"interval95", interval_json(share.of_orders.interval)},
              {"stepShare", rounded(share.of_steps.share)},
              {"stepInterval95", interval_json(share.of_steps.interval)},
              {"events", share.events},
              {"eventShare", rounded(share.of_events.share)},
              {"eventInterval95", interval_json(share.of_events.interval)}};
}

Json to_json(const Evenness& evenness) {
  Json json{{"kind", to_string(evenness.kind)}, {"maxMinusMin", evenness.spread}, {"text", evenness.text}};
  if (evenness.chi_square)
    json["chiSquare"] = Json{{"statistic", rounded(evenness.chi_square->statistic)},
                             {"degreesOfFreedom", evenness.chi_square->degrees},
                             {"p", evenness.chi_square->p}};
  return json;
}

Json windows_json(const Distribution& distribution) {
  Json nodes = Json::array(), windows = Json::array();
  for (const NodeShare& node : distribution.nodes) nodes.push_back(node.node);
  for (const DistributionWindow& window : distribution.windows)
    windows.push_back(Json{{"at", iso8601_us(window.from)}, {"orders", window.orders}});
  return Json{{"windowMs", distribution.window.count() / 1000}, {"nodes", nodes}, {"windows", windows}};
}

}  // namespace sagactl
