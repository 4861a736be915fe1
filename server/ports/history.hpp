// What analysis and the verdicts read: all contents of a database, in one snapshot, one flow at a time, so that a
// million orders need no more memory than one.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "common/result.hpp"
#include "server/ports/queries.hpp"
#include "server/ports/store.hpp"

namespace sagactl {

struct FlowHistory {
  Flow flow;
  std::vector<Event> events;  // of the flow's aggregates, by (occurred_at, node, sequence)
};

// A stretch of the flows in the order of their creation. What the numbers count is the history's own affair.
struct FlowPart {
  std::int64_t first = std::numeric_limits<std::int64_t>::min(), last = std::numeric_limits<std::int64_t>::max();
};

struct HistoryFilter {
  // By the order's creation (the saga's when there is no order): from `since` on, before `until`.
  std::optional<Timestamp> since = {}, until = {};
  FlowPart part = {};
  // False: what only messages need of an event may be left out: its correlation, trace parent and saga type.
  bool for_messages = true;
};

class History {
 public:
  virtual ~History() = default;

  // Every flow in the order of its creation, including incomplete ones (a saga without an order has an order with a nil
  // user and version 0), so that a check can see them. `visit` returning false ends the iteration. `visit` may move
  // from its argument; whatever it leaves there is overwritten, and its memory reused.
  virtual Result<void> each_flow(const HistoryFilter& filter, const std::function<bool(FlowHistory&)>& visit) = 0;

  // Parts of about that many flows, in order, which together are all flows. Only one where flows cannot be divided.
  virtual Result<std::vector<FlowPart>> parts(std::int64_t flows [[maybe_unused]]) {
    return std::vector<FlowPart>{FlowPart{}};
  }

  // Every event, by node and sequence.
  virtual Result<void> each_event(
      const std::function<bool(const NodeName&, std::int64_t sequence, Timestamp)>& visit) = 0;

  // The events without a flow: stock that operators have set; by node and sequence.
  virtual Result<std::vector<Event>> stock_events() = 0;

  // Every claim, in no particular order. `visit` returning false ends the iteration.
  virtual Result<void> each_claim(const std::function<bool(const Claim&)>& visit) = 0;

  // Another view of the same snapshot, for one other thread; null: there is none. It belongs to this one.
  virtual Result<History*> beside() { return nullptr; }

  virtual Result<std::vector<Stock>> stocks() = 0;  // by key
  virtual Result<std::vector<NodeInfo>> nodes() = 0;
  virtual Timestamp taken_at() const = 0;  // on the database's clock
};

// Takes snapshots. A snapshot blocks no writer.
class HistorySource {
 public:
  virtual ~HistorySource() = default;
  virtual Result<std::unique_ptr<History>> snapshot() = 0;
};

}  // namespace sagactl
