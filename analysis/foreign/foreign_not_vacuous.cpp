// The verdict whether a load test of another system could have failed.
#include <fmt/format.h>

#include <algorithm>

#include "analysis/foreign/foreign.hpp"
#include "analysis/readable.hpp"
#include "loadgen/ledger/answer_counts.hpp"

namespace sagactl {
namespace {

// Where fewer acceptances were to be expected of a target, there may be none by chance.
constexpr double expected_min = 10;

// A target that accepted nothing while others did; "": there is none.
std::string idle_target(const Ledger& ledger) {
  std::vector<std::uint64_t> answered(ledger.targets.size()), good(ledger.targets.size());
  std::uint64_t all_answered = 0, all_good = 0;
  for (const LedgerEntry& entry : ledger.entries) {
    if (entry.http_status == 0 || entry.kind == OrderKind::payment_fail) continue;
    const bool is_good = entry.outcome == RequestOutcome::accepted || entry.outcome == RequestOutcome::duplicate;
    ++answered[entry.target];
    good[entry.target] += is_good;
    ++all_answered;
    all_good += is_good;
  }
  for (std::size_t i = 0; i < answered.size(); ++i) {
    if (good[i] > 0 || all_good == 0) continue;
    const double share_of_others = static_cast<double>(all_good) / static_cast<double>(all_answered - answered[i]);
    if (static_cast<double>(answered[i]) * share_of_others >= expected_min)
      return fmt::format("none of {} that {} answered was accepted, or refused as a duplicate",
                         count_of(answered[i], "request"), ledger.targets[i]);
  }
  return {};
}

// The accepted requests, if no answer to any of them named an order.
std::uint64_t accepted_without_name(const Ledger& ledger) {
  std::uint64_t accepted = 0;
  for (const LedgerEntry& entry : ledger.entries) {
    if (entry.outcome != RequestOutcome::accepted) continue;
    if (!entry.order.is_nil()) return 0;
    ++accepted;
  }
  return accepted;
}

}  // namespace

Verdict foreign_not_vacuous(const ForeignOrders& orders) {
  constexpr std::string_view name = "not-vacuous";
  std::uint64_t of_run = 0, undone = 0, neither = 0;
  std::string status;
  for (const ForeignOrder& order : orders.all()) {
    if (!order.of_run) continue;
    ++of_run;
    undone += orders.is_undone(order);
    if (!orders.has_ended(order) || orders.is_undone(order) || orders.is_completed(order)) continue;
    ++neither;
    status = order.status;
  }
  if (of_run == 0 && !orders.all_seen()) return undecided(name, "no order was seen: " + orders.why_unseen());
  const std::uint64_t unnamed = accepted_without_name(orders.ledger());
  if (of_run == 0 && unnamed > 0)
    return undecided(name, fmt::format("{} accepted, but no answer named its order, and {}; so nothing was verified: "
                                       "does answer.order point at it?",
                                       count_of(unnamed, "request"), orders.why_no_groups()));
  if (of_run == 0)
    return undecided(name, "the run placed no orders, so nothing was verified" + answers_text(orders.ledger()));
  if (neither == of_run)
    return undecided(name,
                     fmt::format("every order ended as {} or another status that is neither in status.completed nor in "
                                 "status.undone, so nothing was verified",
                                 status));
  if (const std::string idle = idle_target(orders.ledger()); !idle.empty()) return undecided(name, idle);
  std::string summary = count_of(of_run, "order");
  const auto groups = overlaps(orders.ledger());
  std::uint64_t overlapped = 0, deepest = 0;
  for (const GroupOverlap& group : groups) {
    overlapped += group.depth >= 2;
    deepest = std::max<std::uint64_t>(deepest, group.depth);
  }
  if (overlapped * 2 < groups.size())
    return undecided(name, fmt::format("only {} of {} had two requests in flight at once", with_separators(overlapped),
                                       count_of(groups.size(), "duplicate group")));
  if (!groups.empty())
    summary += fmt::format("; {} of {} overlapped, with up to {} requests in flight", with_separators(overlapped),
                           count_of(groups.size(), "duplicate group"), deepest);
  std::uint64_t should_fail = 0, refused = 0;
  for (const LedgerEntry& entry : orders.ledger().entries) {
    if (entry.kind != OrderKind::payment_fail) continue;
    ++should_fail;
    refused += entry.outcome == RequestOutcome::rejected;
  }
  if (should_fail > 0 && undone + refused == 0)
    return undecided(name, "failures were requested, but no order was undone or refused");
  if (undone > 0) summary += fmt::format("; {} undone", count_of(undone, "order"));
  if (refused > 0) summary += fmt::format("; {} refused as asked for", count_of(refused, "request"));
  return Violations().verdict(name, summary);
}

}  // namespace sagactl
