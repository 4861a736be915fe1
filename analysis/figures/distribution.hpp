// How much each node did, by the node that each row names: in total and over time.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/figures/statistics.hpp"
#include "analysis/figures/time_bins.hpp"
#include "analysis/history/observer.hpp"
#include "common/text/json.hpp"

namespace sagactl {

// A share with its 95 % interval.
struct Share {
  double share = 0;
  Interval interval = {};
};
Share share_of(std::uint64_t part, std::uint64_t total);  // 0 when the total is 0

struct NodeShare {
  NodeName node;
  std::uint64_t orders = 0;  // placed by it
  std::uint64_t sagas = 0;   // started by it
  std::uint64_t steps = 0;   // whose completion it wrote
  std::uint64_t events = 0;
  Share of_orders = {}, of_steps = {}, of_events = {};
};

// Whether the orders are spread like round robin (no two nodes differ by more than one) or, if not, as evenly as random
// or hash routing would spread them.
struct Evenness {
  enum class Kind { round_robin, random, uneven, too_few };
  Kind kind = Kind::too_few;
  std::uint64_t spread = 0;                            // the most orders of a node minus the fewest
  std::optional<ChiSquare> chi_square = std::nullopt;  // only when it is not round robin
  std::string text;                                    // for people
};

struct DistributionWindow {
  Timestamp from;
  std::vector<std::uint64_t> orders;  // by node, as in Distribution::nodes
};

struct Distribution {
  std::vector<NodeShare> nodes;  // by name, including live nodes that did nothing
  Evenness evenness;
  Duration window{0};
  std::vector<DistributionWindow> windows;  // without gaps
};

class DistributionObserver final : public Observer {
 public:
  void on_flow(const FlowFacts& facts) override;
  Distribution finish(const ClusterSnapshot& snapshot);

 private:
  struct OrderCounts {
    std::map<NodeName, std::uint64_t> by_node;
    OrderCounts& operator+=(const OrderCounts& other) {
      for (const auto& [node, count] : other.by_node) by_node[node] += count;
      return *this;
    }
  };

  std::map<NodeName, NodeShare> nodes_;
  TimeBins<OrderCounts> windows_;
};

Evenness evenness_of(const std::vector<NodeShare>& nodes);

Json to_json(const NodeShare& share);
Json to_json(const Evenness& evenness);
Json windows_json(const Distribution& distribution);  // {windowMs, nodes:[...], windows:[{at, orders:[...]}]}

}  // namespace sagactl
