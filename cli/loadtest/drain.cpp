#include "cli/loadtest/drain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

#include "analysis/foreign/foreign_orders.hpp"
#include "analysis/history/run_filter.hpp"
#include "analysis/readable.hpp"
#include "cli/client/json_answer.hpp"
#include "cli/client/node_client.hpp"
#include "cli/loadtest/order_list.hpp"
#include "cli/loadtest/order_status.hpp"
#include "cli/loadtest/profile_database.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

using SteadyMoment = std::chrono::steady_clock::time_point;

constexpr Duration look_interval_first = 50ms;
constexpr Duration look_interval_max = 1s;
// The database's clock and this machine's may differ.
constexpr Duration clock_difference_max = 10s;
// While the nodes report active sagas, which may be those of other clients, how often to count this run's in the
// database.
constexpr std::chrono::seconds database_interval{2};
// A request that was answered with an error or whose connection broke is not waiting in a queue of the server: without
// any change for this time, it had no effect.
constexpr std::chrono::seconds unclear_max{2};

// Verdicts that may change because rows are written later than the end of an order.
constexpr std::array<std::string_view, 8> late_rows_change = {
    "no-lost-order",  "no-phantom-order",      "money-balances",          "one-capture-per-order",
    "stock-balances", "compensation-complete", "answer-matches-database", "all-sagas-end"};

// What the load test still waits for.
struct RemainingWork {
  OutstandingWork come;
  std::int64_t events = 0;  // not published yet; not known over HTTP
  bool nothing() const { return come.empty() && events == 0; }
  friend bool operator==(const RemainingWork&, const RemainingWork&) = default;
};
using MaybeRemaining = std::optional<RemainingWork>;  // none: not known

RemainingWork remaining_sagas(std::uint64_t count) {
  RemainingWork remaining;
  remaining.come.orders = count;
  return remaining;
}

// Counting stops here: a higher number would change nothing.
constexpr std::uint64_t count_max = 10'000;

// The same that the verdicts count: the sagas of this run, and the unpublished events of every node, live or not: those
// of a failed node are published by the node that adopts its sagas.
MaybeRemaining remaining_in_history(HistorySource& source, const Ledger& ledger) {
  auto history = source.snapshot();
  if (!history) return std::nullopt;
  HistoryFilter filter;
  filter.since = ledger.started_at - clock_difference_max;
  const RunFilter of_run(ledger.run);
  RemainingWork remaining;
  const auto read = (*history)->each_flow(filter, [&](const FlowHistory& flow) {
    const bool open = flow.flow.saga && !is_terminal(flow.flow.saga->status);
    if (open && of_run.matches(flow.flow)) ++remaining.come.orders;
    return remaining.come.orders < count_max;
  });
  const auto nodes = (*history)->nodes();
  if (!read || !nodes) return std::nullopt;
  for (const NodeInfo& node : *nodes)
    remaining.events += std::max<std::int64_t>(0, node.last_sequence - node.published);
  return remaining;
}

MaybeRemaining remaining_at_node(NodeClient& client) {
  const auto active = client.get("/saga/active?limit=1");
  if (!active || !json_member(*active, "count").is_number()) return std::nullopt;
  return remaining_sagas(static_cast<std::uint64_t>(std::max<std::int64_t>(0, integer_member(*active, "count"))));
}

// Asking a node for active sagas is cheap. The database is read when the node reports none or cannot be reached, and
// every few seconds, because the active sagas may be those of other clients.
class BuiltInSystemDrain {
 public:
  explicit BuiltInSystemDrain(const DrainContext& context) : context_(context) {
    if (auto opened = NodeClient::open(context.invocation)) client_ = std::move(*opened);
  }

  MaybeRemaining remaining() {
    const auto now = std::chrono::steady_clock::now();
    const MaybeRemaining at_nodes = client_ ? remaining_at_node(*client_) : std::nullopt;
    HistorySource* const source = context_.evidence.source.get();
    const bool busy = at_nodes && at_nodes->come.orders > 0;
    if (!source || (busy && now < next_read_)) return at_nodes;
    next_read_ = now + database_interval;
    return remaining_in_history(*source, context_.ledger);
  }

 private:
  const DrainContext context_;
  std::optional<NodeClient> client_;
  SteadyMoment next_read_{};
};

MaybeRemaining remaining_in_foreign_database(const DrainContext& context) {
  const auto rows = open_each_database(*context.evidence.foreign);
  const auto orders = ForeignOrders::read(*rows, context.profile, context.ledger);
  if (!orders) return std::nullopt;  // the error is reported with the verdicts
  RemainingWork remaining;
  remaining.come = orders->outstanding_work();
  if (!orders->has("status") && context.server.statuses) remaining.come.orders = context.server.statuses->poll();
  return remaining;
}

MaybeRemaining remaining_at_server(const DrainContext& context) {
  OrderStatuses* const statuses = context.server.statuses;
  if (!context.server.list) return remaining_sagas(statuses->poll());
  const bool lists_statuses = !context.profile.list.pointer_of("status").empty();
  std::size_t open = statuses && !lists_statuses ? statuses->poll() : 0;
  OrderList list = OrderList::read(*context.server.list, context.profile, context.ledger, statuses);
  if (statuses && list.is_unread()) return remaining_sagas(lists_statuses ? statuses->poll() : open);
  const auto orders = ForeignOrders::read(list, context.profile, context.ledger);
  if (!orders) return std::nullopt;
  if (statuses && lists_statuses && !list.is_complete()) open = statuses->poll();
  if (statuses && !lists_statuses)
    for (const ForeignOrder& order : orders->all())
      if (order.of_run) statuses->add(order.id, order.created_at, list.viewer_of(order.id));
  RemainingWork remaining;
  remaining.come = orders->outstanding_work();
  remaining.come.orders = std::max<std::uint64_t>(remaining.come.orders, open);
  return remaining;
}

// A function that returns what remains. Null when neither a database nor a server can tell.
std::function<MaybeRemaining()> remaining_counter(const DrainContext& context) {
  if (context.profile.is_ours) {
    auto built_in = std::make_shared<BuiltInSystemDrain>(context);
    if (!context.evidence.source && !built_in->remaining()) return {};
    return [built_in] { return built_in->remaining(); };
  }
  if (context.evidence.foreign) return [context] { return remaining_in_foreign_database(context); };
  if (context.server.list || context.server.statuses) return [context] { return remaining_at_server(context); };
  return {};
}

std::string text_of(const RemainingWork& remaining, const Profile& profile) {
  std::vector<std::string> parts;
  const auto add = [&](std::uint64_t count, const char* what, const char* rest) {
    if (count > 0) parts.push_back(count_of(count, what) + rest);
  };
  add(remaining.come.orders, profile.is_ours ? "saga" : "order", " not ended");
  add(remaining.come.lost, "accepted order", " not stored yet");
  add(remaining.come.timed_out, "request", " timed out that the server may still process");
  add(remaining.come.unclear, "request", " with an unclear outcome");
  add(static_cast<std::uint64_t>(remaining.events), "event", " not published");
  return join(parts, ", ");
}

}  // namespace

bool pause_until(const std::stop_token& stop, SteadyMoment until) {
  const auto left = std::chrono::duration_cast<Duration>(until - std::chrono::steady_clock::now());
  return left <= Duration{0} || pause(stop, left);
}

DrainEnd wait_until_drained(const DrainContext& context, SteadyMoment until, const std::stop_token& stop,
                            ProgressDisplay& progress) {
  const auto remaining_now = remaining_counter(context);
  if (!remaining_now) return {Drained::unknown};
  MaybeRemaining last;
  SteadyMoment changed_at = std::chrono::steady_clock::now();
  for (Duration interval = look_interval_first;; interval = std::min(interval * 2, look_interval_max)) {
    const MaybeRemaining count = remaining_now();
    const auto now = std::chrono::steady_clock::now();
    if (count != last) changed_at = now;
    last = count;
    if (count) {
      RemainingWork remaining = *count;
      if (now - changed_at >= unclear_max) remaining.come.unclear = 0;
      if (remaining.nothing()) return {Drained::all_ended};
    }
    const std::string text = count ? text_of(*count, context.profile) : "what remains is not known";
    if (now >= until) return {count ? Drained::not_in_time : Drained::unknown, text};
    const auto left = std::chrono::duration_cast<Duration>(until - now);
    progress.show("drain", fmt::format("{}, at most {} more", text, format_duration(left)));
    if (!pause(stop, std::min(interval, left))) return {Drained::interrupted, text};
  }
}

bool may_yet_change(const ExaminedRun& examined, const Profile& profile) {
  if (!examined.examination) return false;
  const OutstandingWork& remaining = examined.examination->outstanding_work;
  if (remaining.orders + remaining.lost + remaining.timed_out > 0 || examined.examination->may_see_more) return true;
  if (profile.is_ours) return false;  // it writes the end of an order in one transaction
  return std::any_of(examined.verdicts.begin(), examined.verdicts.end(), [](const Verdict& verdict) {
    const bool has_evidence = verdict.ruling == Ruling::fail || (verdict.counted && !verdict.witness.is_null());
    return verdict.ruling != Ruling::pass && has_evidence &&
           std::find(late_rows_change.begin(), late_rows_change.end(), verdict.name) != late_rows_change.end();
  });
}

void leave_undecided_what_may_change(ExaminedRun& examined) {
  for (Verdict& verdict : examined.verdicts) {
    const bool is_late =
        std::find(late_rows_change.begin(), late_rows_change.end(), verdict.name) != late_rows_change.end();
    if (verdict.ruling != Ruling::fail || !is_late) continue;
    verdict.ruling = Ruling::unknown;
    verdict.reason += "; the run was interrupted before that could change";
  }
}

}  // namespace sagactl
