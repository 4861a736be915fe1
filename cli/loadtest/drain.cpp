#include "cli/loadtest/drain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

#include "analysis/foreign/foreign_orders.hpp"
#include "analysis/history/of_run.hpp"
#include "analysis/report/wording.hpp"
#include "cli/client/json_answer.hpp"
#include "cli/client/node_client.hpp"
#include "cli/loadtest/profile_database.hpp"

namespace sagactl {
namespace {

using SteadyMoment = std::chrono::steady_clock::time_point;

constexpr Duration interval_first = 50ms;
constexpr Duration interval_max = 1s;
// The database's clock and this machine's may differ.
constexpr Duration clock_difference_max = 10s;
// While the nodes say that sagas are under way (which may be anybody's), the database is asked for this run's so often.
constexpr std::chrono::seconds database_interval{2};
// What was answered with an error, or broke off, is not in a queue: so long without a change, and it did not happen.
constexpr std::chrono::seconds unclear_max{2};

// Verdicts that a row may change which is written later than the order's end.
constexpr std::array<std::string_view, 8> late_rows_change = {
    "no-lost-order",  "no-phantom-order",      "money-balances",          "one-capture-per-order",
    "stock-balances", "compensation-complete", "answer-matches-database", "all-sagas-end"};

// What is still to come.
struct Left {
  StillToCome come;
  std::int64_t events = 0;  // that have not been published; not known over HTTP
  bool nothing() const { return come.nothing() && events == 0; }
  friend bool operator==(const Left&, const Left&) = default;
};
using Count = std::optional<Left>;  // nothing: it cannot be told

Left sagas_left(std::uint64_t count) {
  Left left;
  left.come.orders = count;
  return left;
}

// Stops counting where more would not change what is done.
constexpr std::uint64_t count_max = 10'000;

// What the verdicts count, too: the sagas of this run, and the events of every node, whose heir may have to publish
// them.
Count unended_in(HistorySource& source, const Ledger& ledger) {
  auto history = source.snapshot();
  if (!history) return std::nullopt;
  HistoryFilter filter;
  filter.since = ledger.started_at - clock_difference_max;
  const RunFilter of_run(ledger.run);
  Left left;
  const auto read = (*history)->each_flow(filter, [&](const FlowHistory& flow) {
    const bool open = flow.flow.saga && !is_terminal(flow.flow.saga->status);
    if (open && of_run.holds(flow.flow)) ++left.come.orders;
    return left.come.orders < count_max;
  });
  const auto nodes = (*history)->nodes();
  if (!read || !nodes) return std::nullopt;
  for (const NodeInfo& node : *nodes) left.events += std::max<std::int64_t>(0, node.last_sequence - node.published);
  return left;
}

Count unended_at(NodeClient& client) {
  const auto active = client.get("/saga/active?limit=1");
  if (!active || !json_member(*active, "count").is_number()) return std::nullopt;
  return sagas_left(static_cast<std::uint64_t>(std::max<std::int64_t>(0, integer_member(*active, "count"))));
}

// A node tells at once that sagas are under way; the whole database is read when it says that none is or cannot be
// asked, and now and then, for those sagas may be others'.
class OursLeft {
 public:
  explicit OursLeft(const DrainScene& scene) : scene_(scene) {
    if (auto opened = NodeClient::open(scene.invocation)) client_ = std::move(*opened);
  }

  Count count() {
    const auto now = std::chrono::steady_clock::now();
    const Count at_nodes = client_ ? unended_at(*client_) : std::nullopt;
    HistorySource* const source = scene_.evidence.source.get();
    const bool busy = at_nodes && at_nodes->come.orders > 0;
    if (!source || (busy && now < next_look_)) return at_nodes;
    next_look_ = now + database_interval;
    return unended_in(*source, scene_.ledger);
  }

 private:
  const DrainScene scene_;
  std::optional<NodeClient> client_;
  SteadyMoment next_look_{};
};

Count unended_in(const DrainScene& scene) {
  const auto rows = open_foreign_rows(*scene.evidence.foreign);
  if (!rows) return std::nullopt;
  const auto orders = ForeignOrders::read(**rows, scene.profile, scene.ledger);
  if (!orders) return std::nullopt;  // what is wrong is said with the verdicts
  Left left;
  left.come = orders->still_to_come();
  if (!orders->has("status") && scene.statuses) left.come.orders = scene.statuses->ask();
  return left;
}

// How many are left, asked again and again. Null: nobody can be asked.
std::function<Count()> counting(const DrainScene& scene) {
  if (scene.profile.is_ours) {
    auto ours = std::make_shared<OursLeft>(scene);
    if (!scene.evidence.source && !ours->count()) return {};
    return [ours] { return ours->count(); };
  }
  if (scene.evidence.foreign) return [scene] { return unended_in(scene); };
  if (scene.statuses) return [scene]() -> Count { return sagas_left(scene.statuses->ask()); };
  return {};
}

std::string what_is_left(const Left& left, const Profile& profile) {
  std::vector<std::string> parts;
  const auto add = [&](std::uint64_t count, const char* what, const char* rest) {
    if (count > 0) parts.push_back(counted(count, what) + rest);
  };
  add(left.come.orders, profile.is_ours ? "saga" : "order", " not ended");
  add(left.come.lost, "accepted order", " not there yet");
  add(left.come.timed_out, "request", " without an answer that the server may still have");
  add(left.come.unclear, "request", " without a clear answer");
  add(static_cast<std::uint64_t>(left.events), "event", " not published");
  return join(parts, ", ");
}

}  // namespace

bool pause_until(const std::stop_token& stop, SteadyMoment until) {
  const auto left = std::chrono::duration_cast<Duration>(until - std::chrono::steady_clock::now());
  return left <= Duration{0} || pause(stop, left);
}

DrainEnd wait_until_drained(const DrainScene& scene, SteadyMoment until, const std::stop_token& stop,
                            ProgressDisplay& progress) {
  const auto unended = counting(scene);
  if (!unended) return {Drained::cannot_tell};
  Count last;
  SteadyMoment changed_at = std::chrono::steady_clock::now();
  for (Duration interval = interval_first;; interval = std::min(interval * 2, interval_max)) {
    const Count count = unended();
    const auto now = std::chrono::steady_clock::now();
    if (count != last) changed_at = now;
    last = count;
    if (count) {
      Left left = *count;
      if (now - changed_at >= unclear_max) left.come.unclear = 0;
      if (left.nothing()) return {Drained::all_ended};
    }
    const std::string said = count ? what_is_left(*count, scene.profile) : "it cannot be seen what is left";
    if (now >= until) return {count ? Drained::not_in_time : Drained::cannot_tell, said};
    const auto left = std::chrono::duration_cast<Duration>(until - now);
    progress.show("drain", fmt::format("{}, at most {} more", said, format_duration(left)));
    if (!pause(stop, std::min(interval, left))) return {Drained::interrupted, said};
  }
}

bool may_yet_change(const Examined& examined, const Profile& profile) {
  if (!examined.database) return false;
  const StillToCome& left = examined.database->still_to_come;
  if (left.orders + left.lost + left.timed_out > 0) return true;
  if (profile.is_ours) return false;  // it writes all of an order's end at once
  return std::any_of(examined.verdicts.begin(), examined.verdicts.end(), [](const Verdict& verdict) {
    return verdict.ruling == Ruling::fail &&
           std::find(late_rows_change.begin(), late_rows_change.end(), verdict.name) != late_rows_change.end();
  });
}

}  // namespace sagactl
