#include "analysis/foreign/foreign.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>

#include "analysis/faults/faulted_sagas.hpp"
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
  // Those that only other systems have.
  const auto names = verdict_names();
  for (Verdict& verdict : found)
    if (!verdict.name.empty() && std::find(names.begin(), names.end(), verdict.name) == names.end())
      all.push_back(std::move(verdict));
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

SagaCounts count_of_end(const ForeignOrders& orders, const ForeignOrder& order) {
  SagaCounts counts;
  counts.started = 1;
  if (orders.is_completed(order))
    counts.completed = 1;
  else if (orders.is_undone(order))
    counts.compensated = 1;
  else
    ++(orders.has_ended(order) ? counts.failed : counts.unfinished);
  return counts;
}

// An order that has ended at an unknown time counts as if that was when it was created.
std::vector<SagaCounts> faulted_orders(const ForeignOrders& orders) {
  FaultedSagas sagas(&orders.ledger());
  if (!sagas.any() || !orders.has("status")) return {};
  for (const ForeignOrder& order : orders.all()) {
    if (!order.of_run || order.created_at.us == 0) continue;
    std::optional<Timestamp> ended = order.ended_at;
    if (!ended && orders.has_ended(order)) ended = order.created_at;
    sagas.add(order.created_at, ended, count_of_end(orders, order));
  }
  return sagas.take();
}

SagaTimings timings_of(const ForeignOrders& orders) {
  SagaTimings timings;
  std::optional<Timestamp> first, last;
  bool all_ends_are_known = true;
  for (const ForeignOrder& order : orders.all()) {
    if (!order.of_run) continue;
    timings.counts += count_of_end(orders, order);
    if (order.created_at.us == 0) continue;  // unknown
    if (!first) first = order.created_at;
    all_ends_are_known = all_ends_are_known && (order.ended_at || !orders.has_ended(order));
    if (!order.ended_at) continue;
    timings.took.record(*order.ended_at - order.created_at);
    last = last ? std::max(*last, *order.ended_at) : *order.ended_at;
  }
  if (first && last && all_ends_are_known) timings.active = *last - *first;
  return timings;
}

// The verdicts from the orders and the ledger.
std::vector<Verdict> verdicts_of_orders(const ForeignOrders& orders, const Ledger& ledger,
                                        const StatusOfOrder& shown = {}) {
  return {foreign_one_order_per_group(&orders, ledger),
          foreign_no_lost_order(orders),
          foreign_no_phantom_order(orders),
          foreign_indeterminate_resolved(orders),
          foreign_one_live_order_per_key(orders),
          foreign_all_end(orders),
          foreign_answer_matches(orders, shown),
          foreign_nodes_known(orders),
          foreign_not_vacuous(orders),
          foreign_errors_had_no_effect(orders),
          foreign_ends_as_asked(orders)};
}

Examination examination_of(ForeignOrders& orders, std::vector<Verdict> found, Timestamp now) {
  Examination examination;
  examination.taken_at = now;
  examination.verdicts = completed(std::move(found));
  if (auto unreadable = orders.bad_rows().verdict()) examination.verdicts.push_back(std::move(*unreadable));
  examination.outstanding_work = orders.outstanding_work();
  examination.distribution = distribution_of(orders);
  examination.groups = ConcurrentGroupsObserver(&orders.ledger()).finish();
  examination.sagas = timings_of(orders);
  examination.faulted_sagas = faulted_orders(orders);
  examination.ends_are_known = orders.has("status");
  examination.may_see_more = orders.may_see_more();
  examination.orders = examination.sagas.counts.started;
  return examination;
}

constexpr std::string_view of_orders[] = {"no-lost-order", "no-phantom-order",       "indeterminate-resolved",
                                          "all-sagas-end", "one-live-order-per-key", "answer-matches-database"};
constexpr std::string_view of_steps[] = {"compensation-complete"}, of_stock[] = {"stock-balances", "never-negative"},
                           of_payments[] = {"money-balances", "one-capture-per-order"};

// What was seen is enough: that there are orders, or, where they are all known, which they are.
bool is_sure_of_what_it_saw(const ForeignOrders& orders, std::string_view verdict) {
  if (verdict == "not-vacuous") return true;
  return orders.knows_which_exist() &&
         (verdict == "no-lost-order" || verdict == "answer-matches-database" || verdict == "every-node-known");
}

// The verdicts of one query; they alone are UNKNOWN where it failed.
void add_or_say_why(std::vector<Verdict>& found, Result<std::vector<Verdict>> verdicts,
                    std::span<const std::string_view> names, std::string& unread) {
  if (verdicts) {
    for (Verdict& verdict : *verdicts) found.push_back(std::move(verdict));
    return;
  }
  if (unread.empty()) unread = verdicts.error().message;
  for (const std::string_view name : names) found.push_back(undecided(name, unreadable_because(verdicts.error())));
}

// What only the database can tell. `orders_seen`: the server was asked for them, so that a profile without queries
// lacks nothing that it says could be read.
std::vector<Verdict> needs_database(const Profile& profile, std::string_view why, bool orders_seen) {
  std::vector<Verdict> found;
  const auto needs = [&](ForeignTable table, std::span<const std::string_view> names) {
    const bool is_wanted = has_query(profile, table) || (table == ForeignTable::orders && !orders_seen);
    for (const std::string_view name : names)
      found.push_back(is_wanted ? undecided(name, why) : does_not_apply(name, no_query(profile, table)));
  };
  needs(ForeignTable::orders, of_orders);
  needs(ForeignTable::steps, of_steps);
  needs(ForeignTable::stock, of_stock);
  needs(ForeignTable::payments, of_payments);
  return found;
}

void replace(std::vector<Verdict>& verdicts, Verdict verdict) {
  const auto same =
      std::find_if(verdicts.begin(), verdicts.end(), [&](const Verdict& it) { return it.name == verdict.name; });
  if (same == verdicts.end())
    verdicts.push_back(std::move(verdict));
  else
    *same = std::move(verdict);
}

// Nothing that was not seen is right.
Verdict of_what_was_seen(const ForeignOrders& orders, Verdict verdict) {
  if (verdict.ruling != Ruling::pass || orders.all_seen()) return verdict;
  return undecided(verdict.name, fmt::format("{}; but {}", verdict.reason, orders.why_unseen()));
}

// What was seen, and what remains unseen.
Verdict with_limits(Verdict verdict, std::string_view limits) {
  if (verdict.ruling == Ruling::pass) fmt::format_to(std::back_inserter(verdict.reason), "; {}", limits);
  return verdict;
}

}  // namespace

Result<Examination> examine_foreign(ForeignRows& rows, const Profile& profile, const Ledger& ledger, Timestamp now,
                                    const StockBefore& before, const StatusOfOrder& shown) {
  auto orders = ForeignOrders::read(rows, profile, ledger);
  if (!orders) return orders.error();
  std::vector<Verdict> found = verdicts_of_orders(*orders, ledger, shown);
  std::string unread;
  BadRows& bad = orders->bad_rows();
  add_or_say_why(found, foreign_compensation(rows, profile, *orders, bad), of_steps, unread);
  add_or_say_why(found, foreign_stock(rows, profile, ledger, &*orders, before, bad), of_stock, unread);
  add_or_say_why(found, foreign_payments(rows, profile, *orders, bad), of_payments, unread);
  Examination examination = examination_of(*orders, std::move(found), now);
  examination.unread = std::move(unread);
  return examination;
}

Result<Examination> examine_list(ForeignRows& list, const Profile& profile, const Ledger& ledger, std::string_view why,
                                 Timestamp now) {
  auto orders = ForeignOrders::read(list, profile, ledger);
  if (!orders) return orders.error();
  std::vector<Verdict> found = needs_database(profile, why, true);
  for (const Verdict& verdict : verdicts_of_orders(*orders, ledger)) {
    const Verdict seen = is_sure_of_what_it_saw(*orders, verdict.name) ? verdict : of_what_was_seen(*orders, verdict);
    replace(found,
            with_limits(seen, "as the server lists them: only the database would show what the list leaves out"));
  }
  Examination examination = examination_of(*orders, std::move(found), now);
  examination.saga_times = "in the server's list";
  return examination;
}

Result<Examination> examine_statuses(ForeignRows& statuses, const Profile& profile, const Ledger& ledger,
                                     std::string_view why, Timestamp now) {
  auto orders = ForeignOrders::read(statuses, profile, ledger);
  if (!orders) return orders.error();
  std::vector<Verdict> found = needs_database(profile, why, true);
  replace(found, with_limits(of_what_was_seen(*orders, foreign_one_order_per_group(&*orders, ledger)),
                             "only a database or a list would show orders that no answer named"));
  replace(found, with_limits(foreign_not_vacuous(*orders), "according to the server's status of each"));
  for (const Verdict& verdict :
       {foreign_no_lost_order(*orders), foreign_all_end(*orders), foreign_ends_as_asked(*orders)})
    replace(found, with_limits(of_what_was_seen(*orders, verdict),
                               "according to the server's status of each: only a database would show what is stored"));
  if (auto twice = foreign_id_given_twice(ledger)) replace(found, std::move(*twice));
  for (const Verdict& verdict : {foreign_indeterminate_resolved(*orders), foreign_errors_had_no_effect(*orders)})
    replace(found, with_limits(of_what_was_seen(*orders, verdict),
                               "only a database or a list would show orders that no answer named"));
  Examination examination = examination_of(*orders, std::move(found), now);
  examination.saga_times = statuses.source().ends_are_exact ? "as the server says" : "as seen by asking for some";
  return examination;
}

std::vector<Verdict> foreign_verdicts_without_database(const Profile& profile, const Ledger& ledger,
                                                       std::string_view why) {
  std::vector<Verdict> found = needs_database(profile, why, false);
  found.push_back(foreign_one_order_per_group(nullptr, ledger));
  if (auto twice = foreign_id_given_twice(ledger)) replace(found, std::move(*twice));
  const bool any_accepted = std::any_of(ledger.entries.begin(), ledger.entries.end(), [](const LedgerEntry& entry) {
    return entry.outcome == RequestOutcome::accepted;
  });
  if (!any_accepted)
    found.push_back(
        undecided("not-vacuous", "no request was accepted, so nothing was verified" + answers_text(ledger)));
  return completed(std::move(found));
}

std::string unreadable_because(const Error& error) {
  return "the database could not be read: " + error.message;
}

std::vector<Verdict> foreign_verdicts_without_orders(ForeignRows& rows, const Profile& profile, const Ledger& ledger,
                                                     const StockBefore& before, std::string_view why) {
  std::vector<Verdict> found = foreign_verdicts_without_database(profile, ledger, why);
  BadRows bad;
  const auto stock = foreign_stock(rows, profile, ledger, nullptr, before, bad);
  if (!stock) return found;
  for (const Verdict& verdict : *stock) {
    const bool needs_orders = verdict.name == "stock-balances" && verdict.ruling == Ruling::pass;
    replace(found, needs_orders
                       ? undecided(verdict.name,
                                   fmt::format("{}, but it is not known what the orders have: {}", verdict.reason, why))
                       : verdict);
  }
  if (auto unreadable = bad.verdict()) found.push_back(std::move(*unreadable));
  return found;
}

}  // namespace sagactl
