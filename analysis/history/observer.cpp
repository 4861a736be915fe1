#include "analysis/history/observer.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <iterator>
#include <map>
#include <memory_resource>

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

std::vector<Observer*> select(std::span<Observer* const> observers, bool (Observer::*wants)() const) {
  std::vector<Observer*> chosen;
  std::copy_if(observers.begin(), observers.end(), std::back_inserter(chosen), std::mem_fn(wants));
  return chosen;
}

// Events and claims: what is read beside the flows.
class StreamReader {
 public:
  explicit StreamReader(std::span<Observer* const> observers)
      : of_events_(select(observers, &Observer::wants_events)),
        of_claims_(select(observers, &Observer::wants_claims)) {}

  Result<void> read(History& history) {
    if (const auto events = read_events(history); !events) return events;
    return history.each_claim([&](const Claim& claim) {
      for (Observer* observer : of_claims_) observer->on_claim(claim);
      return true;
    });
  }

  // Afterwards: whether every event is stored that these nodes ever wrote.
  bool has_all_events(const std::vector<NodeInfo>& nodes) const {
    return is_dense_ && std::all_of(nodes.begin(), nodes.end(), [&](const NodeInfo& node) {
             const auto last = last_.find(node.name);
             return node.last_sequence == (last == last_.end() ? 0 : last->second);
           });
  }

 private:
  Result<void> read_events(History& history) {
    auto writer = last_.end();
    return history.each_event([&](const NodeName& node, std::int64_t sequence, Timestamp occurred_at) {
      if (writer == last_.end() || writer->first != node) writer = last_.try_emplace(node, 0).first;
      is_dense_ &= sequence <= writer->second + 1;
      writer->second = sequence;
      for (Observer* observer : of_events_) observer->on_event(node, sequence, occurred_at);
      return true;
    });
  }

  const std::vector<Observer*> of_events_, of_claims_;
  std::map<NodeName, std::int64_t> last_;  // sequence
  bool is_dense_ = true;
};

}  // namespace

Result<ClusterSnapshot> read_history(History& history, const HistoryFilter& filter,
                                     std::span<Observer* const> observers) {
  if (const auto seen = read_stock_events(history, observers); !seen) return seen.error();
  StreamReader streams(observers);
  HistoryFilter judged = filter;
  judged.for_messages = false;
  std::array<std::byte, 16 * 1024> room;  // for the lists of most flows
  std::pmr::monotonic_buffer_resource memory(room.data(), room.size());
  const auto judge = [&](const FlowHistory& flow) {
    {
      const FlowFacts facts(flow, &memory);
      for (Observer* observer : observers) observer->on_flow(facts);
    }
    memory.release();
  };
  const auto read = read_ahead(history, judged, judge, [&](History& view) { return streams.read(view); });
  if (!read) return read.error();
  auto nodes = history.nodes();
  if (!nodes) return nodes.error();
  const bool has_all_events = streams.has_all_events(*nodes);
  auto stocks = history.stocks();
  if (!stocks) return stocks.error();
  return ClusterSnapshot{.nodes = std::move(*nodes),
                         .stocks = std::move(*stocks),
                         .taken_at = history.taken_at(),
                         .complete = !filter.since && !filter.until,
                         .has_all_events = has_all_events};
}

}  // namespace sagactl
