#include "cli/drain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>

#include "analysis/foreign_orders.hpp"
#include "analysis/wording.hpp"
#include "cli/member.hpp"
#include "cli/node_client.hpp"
#include "cli/order_status.hpp"
#include "cli/profile_database.hpp"

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

Count unended_in(const DatabaseName& database, const Profile& profile, const Ledger& ledger) {
  const auto rows = open_foreign_rows(database);
  if (!rows) return std::nullopt;
  const auto orders = ForeignOrders::read(**rows, profile, ledger);
  if (!orders || !orders->has("status")) return std::nullopt;  // what is wrong is said with the verdicts
  Left left;
  for (const ForeignOrder& order : orders->all()) left.sagas += order.of_run && !orders->has_ended(order);
  return left;
}

// A node tells at once that sagas are under way; the whole database is read only when it says that none is,
// or cannot be asked.
Count unended_of_ours(HistorySource* source, std::optional<NodeClient>& client, const Ledger& ledger) {
  const Count at_nodes = client ? unended_at(*client) : std::nullopt;
  if (!source || (at_nodes && at_nodes->sagas > 0)) return at_nodes;
  return unended_in(*source, ledger);
}

// How many are left, asked again and again.
std::function<Count()> counting(const Invocation& invocation, const Evidence& evidence,
                                const Profile& profile, const Ledger& ledger) {
  if (profile.is_ours) {
    auto opened = NodeClient::open(invocation);
    auto client = std::make_shared<std::optional<NodeClient>>();
    if (opened) *client = std::move(*opened);
    return [&evidence, &ledger, client] { return unended_of_ours(evidence.source.get(), *client, ledger); };
  }
  if (evidence.foreign) {
    auto by_database = [&] { return unended_in(*evidence.foreign, profile, ledger); };
    if (by_database()) return by_database;
  }
  if (profile.status.path.empty()) return [] { return Count(); };
  auto statuses = std::make_shared<OrderStatuses>(invocation, profile, ledger);
  return [statuses]() -> Count {
    const auto left = statuses->ask();
    return left ? Count(Left{static_cast<std::int64_t>(*left), 0}) : std::nullopt;
  };
}

std::string what_is_left(const Left& left, const Profile& profile) {
  if (!profile.is_ours) return counted(left.sagas, "order") + " not ended";
  return fmt::format("{} not ended, {} not published", counted(left.sagas, "saga"), counted(left.events, "event"));
}

}  // namespace

Drained wait_until_drained(const Invocation& invocation, const Evidence& evidence, const Profile& profile,
                           const Ledger& ledger, Duration limit, const std::stop_token& stop,
                           ProgressLine& progress) {
  const auto unended = counting(invocation, evidence, profile, ledger);
  const auto until = std::chrono::steady_clock::now() + limit;
  for (Duration interval = interval_first;; interval = std::min(interval * 2, interval_max)) {
    const Count count = unended();
    if (!count) return Drained::cannot_tell;
    if (count->sagas == 0 && count->events == 0) return Drained::all_ended;
    const auto now = std::chrono::steady_clock::now();
    if (now >= until) return Drained::not_in_time;
    const auto left = std::chrono::duration_cast<Duration>(until - now);
    progress.show("drain", fmt::format("{}, at most {} more", what_is_left(*count, profile), format_duration(left)));
    if (!pause(stop, std::min(interval, left))) return Drained::interrupted;
  }
}

}  // namespace sagactl
