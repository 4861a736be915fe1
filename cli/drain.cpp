#include "cli/drain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "cli/member.hpp"
#include "cli/node_client.hpp"

namespace sagactl {
namespace {

constexpr Duration interval_first = 50ms;
constexpr Duration interval_max = 1s;
// The database's clock and this machine's may differ.
constexpr Duration clock_difference_max = 10s;

// What is still to come.
struct Left {
  std::int64_t sagas = 0;   // that have not ended
  std::int64_t events = 0;  // that live nodes have not published; not known over HTTP
};
using Count = std::optional<Left>;  // nothing: it cannot be told

// Stops counting where more would not change what is done.
constexpr std::int64_t count_max = 10'000;

Count unended_in(HistorySource& source, const Ledger& ledger) {
  auto history = source.snapshot();
  if (!history) return std::nullopt;
  HistoryFilter filter;
  filter.since = ledger.started_at - clock_difference_max;
  Left left;
  const auto read = (*history)->each_flow(filter, [&](const FlowHistory& flow) {
    if (flow.flow.saga && !is_terminal(flow.flow.saga->status)) ++left.sagas;
    return left.sagas < count_max;
  });
  const auto nodes = (*history)->nodes();
  if (!read || !nodes) return std::nullopt;
  for (const NodeInfo& node : *nodes)
    if (node.live) left.events += node.last_sequence - node.published;
  return left;
}

Count unended_at(NodeClient& client) {
  const auto active = client.get("/saga/active?limit=1");
  if (!active || !member(*active, "count").is_number()) return std::nullopt;
  return Left{integer_member(*active, "count"), 0};
}

}  // namespace

Drained wait_until_drained(const Invocation& invocation, HistorySource* source, const Ledger& ledger,
                           Duration limit, const std::stop_token& stop, ProgressLine& progress) {
  auto client = NodeClient::open(invocation);
  if (!source && !client) return Drained::cannot_tell;
  const auto until = std::chrono::steady_clock::now() + limit;
  for (Duration interval = interval_first;; interval = std::min(interval * 2, interval_max)) {
    const Count count = source ? unended_in(*source, ledger) : unended_at(*client);
    if (!count) return Drained::cannot_tell;
    if (count->sagas == 0 && count->events == 0) return Drained::all_ended;
    const auto now = std::chrono::steady_clock::now();
    if (now >= until) return Drained::not_in_time;
    const auto left = std::chrono::duration_cast<Duration>(until - now);
    progress.show("drain", fmt::format("{} sagas have not ended and {} events are not published, at most {} more",
                                       count->sagas, count->events, format_duration(left)));
    if (!pause(stop, std::min(interval, left))) return Drained::interrupted;
  }
}

}  // namespace sagactl
