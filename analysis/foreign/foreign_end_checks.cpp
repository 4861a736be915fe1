// Verdicts about how another system's orders ended.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "analysis/foreign/foreign.hpp"
#include "analysis/readable.hpp"
#include "loadgen/ledger/load_figures.hpp"

namespace sagactl {

std::unordered_map<Uuid, const LedgerEntry*> requests_by_order(const Ledger& ledger) {
  std::unordered_map<Uuid, const LedgerEntry*> requests;
  for (const LedgerEntry& entry : ledger.entries) {
    if (entry.order.is_nil()) continue;
    if (entry.outcome == RequestOutcome::duplicate && !is_answered_with_its_order(entry)) continue;
    const auto [place, is_new] = requests.emplace(entry.order, &entry);
    if (!is_new && entry.outcome == RequestOutcome::accepted) place->second = &entry;
  }
  return requests;
}

namespace {

std::uint64_t refused_that_should_fail(const Ledger& ledger) {
  return static_cast<std::uint64_t>(std::count_if(ledger.entries.begin(), ledger.entries.end(), is_refused_as_asked));
}

// Whether journeys go on after the order, so that a later step may have undone it on purpose.
bool go_on_after_the_order(const Ledger& ledger) {
  return !ledger.steps.empty() && !ledger.steps.back().creates;
}

Witness ended_otherwise(const ForeignOrders& orders, const ForeignOrder& order, const LedgerEntry* request,
                        bool should_fail, bool is_first) {
  Witness witness;
  witness.what =
      fmt::format("order {} was meant to {}, but is {}", order.id, should_fail ? "fail" : "succeed", order.status);
  if (request && request->outcome == RequestOutcome::rejected)
    witness.what = fmt::format("request {} was meant to fail and refused with HTTP {}, but its order {} is {}",
                               request->operation, request->http_status, order.id, order.status);
  witness.rule = should_fail ? "an order that is meant to fail is undone or refused"
                             : "an order that nothing should stop is completed";
  if (!is_first) return witness;
  orders.show(witness, order);
  if (request) orders.show(witness, *request);
  return witness;
}

}  // namespace

Verdict foreign_ends_as_asked(const ForeignOrders& orders) {
  constexpr std::string_view name = "orders-end-as-asked";
  if (!orders.has("status"))
    return does_not_apply(name, fmt::format("{} has no column status", orders.source().orders));
  const auto requests = requests_by_order(orders.ledger());
  const std::uint64_t refused = refused_that_should_fail(orders.ledger());
  Violations completed_all_the_same, undone_all_the_same;
  std::uint64_t completed = 0, undone = 0;
  for (const ForeignOrder& order : orders.all()) {
    const auto found = requests.find(order.ref);
    const LedgerEntry* request = found == requests.end() ? nullptr : found->second;
    if (!request && !order.group) continue;
    const OrderKind kind = order.group ? order.group->first : request->kind;
    const bool should_fail = kind == OrderKind::payment_fail;
    if (orders.is_completed(order) && should_fail)
      completed_all_the_same.add(ended_otherwise(orders, order, request, true, completed_all_the_same.first()));
    else if (orders.is_undone(order) && !should_fail)
      undone_all_the_same.add(ended_otherwise(orders, order, request, false, undone_all_the_same.first()));
    completed += orders.is_completed(order) && !should_fail;
    undone += orders.is_undone(order) && should_fail;
  }
  const std::uint64_t wrongly_completed = completed_all_the_same.count(), given_up = undone_all_the_same.count();
  if (completed + undone + wrongly_completed + given_up == 0)
    return does_not_apply(name, "no order ended as completed or undone");
  if (wrongly_completed > 0 && undone + refused == 0)
    return undecided(name, fmt::format("all {} that were meant to fail were completed: does the server decline them? "
                                       "[[fail]] in the profile says what makes an order fail",
                                       count_of(wrongly_completed, "order")));
  std::string summary = fmt::format("{} completed", count_of(completed, "order"));
  if (undone > 0) summary += fmt::format(", {} that were meant to fail undone", with_separators(undone));
  const bool may_be_asked_for = go_on_after_the_order(orders.ledger());
  if (given_up > 0)
    summary += fmt::format(
        "; {} undone{}", with_separators(given_up),
        may_be_asked_for ? ", as a later step of their journeys may have asked for" : " although nothing asked for it");
  if (wrongly_completed > 0) return completed_all_the_same.verdict(name, summary);
  if (given_up > 0 && may_be_asked_for)
    return completed + undone == 0 ? does_not_apply(name, summary) : Violations{}.verdict(name, summary);
  Verdict verdict = undone_all_the_same.verdict(name, summary);  // not wrong, but worth showing
  verdict.ruling = completed == 0 && given_up > 0 ? Ruling::unknown : Ruling::pass;
  verdict.reason = summary;
  return verdict;
}

}  // namespace sagactl
