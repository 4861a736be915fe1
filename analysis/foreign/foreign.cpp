#include "analysis/foreign/foreign.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "analysis/verify.hpp"
#include "loadgen/ledger/answer_counts.hpp"

namespace sagactl {
namespace {

// All verdicts in their order; those not in `found` are about data that only `sagactl serve` has.
std::vector<Verdict> completed(std::vector<Verdict> found) {
  std::vector<Verdict> all;
  for (const std::string_view name : verdict_names()) {
    const auto it =
        std::find_if(found.begin(), found.end(), [&](const Verdict& verdict) { return verdict.name == name; });
    if (it != found.end())
      all.push_back(std::move(*it));
    else
      all.push_back(does_not_apply(name, "a profile has no query for it"));
  }
  return all;
}

Distribution distribution_of(const ForeignOrders& orders) {
  Distribution distribution;
  if (!orders.has("node")) return distribution;
  std::map<std::string, std::uint64_t> counts;
  std::uint64_t all = 0;
  for (const ForeignOrder& order : orders.all()) {
    if (!order.of_run) continue;
    ++counts[order.node];
    ++all;
  }
  for (const auto& [node, count] : counts) {
    NodeShare share;
    share.node = node;
    share.orders = count;
    share.sagas = count;
    share.of_orders = share_of(count, all);
    distribution.nodes.push_back(share);
  }
  distribution.evenness = evenness_of(distribution.nodes);
  return distribution;
}

SagaTimings timings_of(const ForeignOrders& orders) {
  SagaTimings timings;
  std::optional<Timestamp> first, last;
  for (const ForeignOrder& order : orders.all()) {
    if (!order.of_run) continue;
    ++timings.counts.started;
    if (orders.is_completed(order))
      ++timings.counts.completed;
    else if (orders.is_undone(order))
      ++timings.counts.compensated;
    else
      ++(orders.has_ended(order) ? timings.counts.failed : timings.counts.unfinished);
    if (order.created_at.us == 0) continue;  // unknown
    if (!first) first = order.created_at;
    if (!order.ended_at) continue;
    timings.took.record(*order.ended_at - order.created_at);
    last = last ? std::max(*last, *order.ended_at) : *order.ended_at;
  }
  if (first && last) timings.active = *last - *first;
  return timings;
}

}  // namespace

Result<Examination> examine_foreign(ForeignRows& rows, const Profile& profile, const Ledger& ledger, Timestamp now) {
  auto orders = ForeignOrders::read(rows, profile, ledger);
  if (!orders) return orders.error();
  std::vector<Verdict> found = {foreign_one_order_per_group(&*orders, ledger),
                                foreign_no_lost_order(*orders),
                                foreign_no_phantom_order(*orders),
                                foreign_indeterminate_resolved(*orders),
                                foreign_one_live_order_per_key(*orders),
                                foreign_all_end(*orders),
                                foreign_answer_matches(*orders),
                                foreign_nodes_known(*orders),
                                foreign_not_vacuous(*orders)};
  auto compensation = foreign_compensation(rows, profile, *orders, orders->bad_rows());
  if (!compensation) return compensation.error();
  found.push_back(std::move(*compensation));
  for (auto verdicts : {foreign_stock(rows, profile, *orders, orders->bad_rows()),
                        foreign_payments(rows, profile, *orders, orders->bad_rows())}) {
    if (!verdicts) return verdicts.error();
    for (Verdict& verdict : *verdicts) found.push_back(std::move(verdict));
  }
  Examination examination;
  examination.taken_at = now;
  examination.verdicts = completed(std::move(found));
  if (auto unreadable = orders->bad_rows().verdict()) examination.verdicts.push_back(std::move(*unreadable));
  examination.outstanding_work = orders->outstanding_work();
  examination.distribution = distribution_of(*orders);
  examination.groups = ConcurrentGroupsObserver(&ledger).finish();
  examination.sagas = timings_of(*orders);
  examination.ends_are_known = orders->has("status");
  examination.orders = examination.sagas.counts.started;
  return examination;
}

Result<Examination> examine_statuses(ForeignRows& statuses, const Profile& profile, const Ledger& ledger,
                                     std::string_view why, Timestamp now) {
  auto orders = ForeignOrders::read(statuses, profile, ledger);
  if (!orders) return orders.error();
  Examination examination;
  examination.taken_at = now;
  examination.verdicts = foreign_verdicts_without_database(profile, ledger, why);
  for (const Verdict& given :
       {foreign_no_lost_order(*orders, "on the server"), foreign_all_end(*orders), foreign_not_vacuous(*orders)}) {
    for (Verdict& verdict : examination.verdicts) {
      if (verdict.name != given.name) continue;
      verdict = given;
      if (given.ruling == Ruling::pass) verdict.reason += ", according to the server's status of each";
    }
  }
  examination.groups = ConcurrentGroupsObserver(&ledger).finish();
  examination.sagas = timings_of(*orders);
  examination.orders = examination.sagas.counts.started;
  examination.outstanding_work = orders->outstanding_work();
  return examination;
}

std::vector<Verdict> foreign_verdicts_without_database(const Profile& profile, const Ledger& ledger,
                                                       std::string_view why) {
  std::vector<Verdict> found = {foreign_one_order_per_group(nullptr, ledger)};
  const auto needs = [&](ForeignTable table, std::initializer_list<std::string_view> names) {
    const bool is_there = has_query(profile, table);
    for (const std::string_view name : names)
      found.push_back(is_there || table == ForeignTable::orders ? undecided(name, why)
                                                                : does_not_apply(name, no_query(table)));
  };
  needs(ForeignTable::orders, {"no-lost-order", "no-phantom-order", "indeterminate-resolved", "all-sagas-end",
                               "one-live-order-per-key", "answer-matches-database"});
  needs(ForeignTable::steps, {"compensation-complete"});
  needs(ForeignTable::stock, {"stock-balances", "never-negative"});
  needs(ForeignTable::payments, {"money-balances", "one-capture-per-order"});
  const bool any_accepted = std::any_of(ledger.entries.begin(), ledger.entries.end(), [](const LedgerEntry& entry) {
    return entry.outcome == RequestOutcome::accepted;
  });
  if (!any_accepted)
    found.push_back(
        undecided("not-vacuous", "no request was accepted, so nothing was verified" + answers_text(ledger)));
  return completed(std::move(found));
}

}  // namespace sagactl
