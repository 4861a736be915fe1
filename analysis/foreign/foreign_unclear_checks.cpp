// Verdicts about requests of another system's client that got no clear answer: which of them took effect.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "analysis/foreign/foreign.hpp"
#include "analysis/readable.hpp"

namespace sagactl {
namespace {

// A request without a clear answer, and the order that it created.
struct Effect {
  const LedgerEntry* request;
  const ForeignOrder* order;
  bool is_certain;  // false: another request of its group may have created the order instead
};

struct UnclearRequests {
  std::uint64_t requests = 0;
  std::uint64_t errors = 0;   // of these, answered with a status that promises that nothing was done
  std::uint64_t unnamed = 0;  // of these, without the id of an order: only their key leads to one
  std::uint64_t unnamed_errors = 0;
  std::vector<Effect> effects;
};

using Entries = std::vector<const LedgerEntry*>;

bool is_error(const ForeignOrders& orders, const LedgerEntry& entry) {
  return entry.http_status != 0 && !orders.may_have_effect(entry.http_status);
}

// The orders of a group that no answer named, without those of accepted requests whose answers named none.
std::vector<const ForeignOrder*> unexplained(const ForeignOrders& orders, OrderGroup group, std::size_t accepted,
                                             const std::vector<Effect>& known) {
  std::vector<const ForeignOrder*> list;
  for (const ForeignOrder* order : orders.of_group(group.first, group.second)) {
    const bool is_known =
        std::any_of(known.begin(), known.end(), [&](const Effect& effect) { return effect.order == order; });
    if (!is_known && !orders.accepted_request(order->ref)) list.push_back(order);
  }
  list.erase(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(std::min(list.size(), accepted)));
  return list;
}

// Of the requests of one group. If only some took effect, those with an error may be among them: they come first.
void find_effects(const ForeignOrders& orders, OrderGroup group, Entries list, std::size_t accepted,
                  std::vector<Effect>& effects) {
  std::vector<Effect> found;
  std::erase_if(list, [&](const LedgerEntry* entry) {
    const ForeignOrder* order = entry->order.is_nil() ? nullptr : orders.find(entry->order);
    const bool is_own = order && !orders.accepted_request(entry->order);
    if (is_own) found.push_back({entry, order, true});
    return is_own;
  });
  std::stable_partition(list.begin(), list.end(), [](const LedgerEntry* it) { return it->http_status != 0; });
  std::stable_partition(list.begin(), list.end(), [&](const LedgerEntry* it) { return is_error(orders, *it); });
  const auto others = static_cast<std::size_t>(
      std::count_if(list.begin(), list.end(), [&](const LedgerEntry* it) { return !is_error(orders, *it); }));
  const auto placed = unexplained(orders, group, accepted, found);
  for (std::size_t i = 0; i < std::min(placed.size(), list.size()); ++i)
    found.push_back({list[i], placed[i], placed.size() - i > others});
  effects.insert(effects.end(), found.begin(), found.end());
}

UnclearRequests unclear_requests(const ForeignOrders& orders) {
  UnclearRequests unclear;
  std::map<OrderGroup, Entries> open;
  std::map<OrderGroup, std::size_t> accepted_unnamed;
  for (const LedgerEntry& entry : orders.ledger().entries) {
    const OrderGroup group{entry.kind, entry.group};
    if (entry.outcome == RequestOutcome::indeterminate) open[group].push_back(&entry);
    if (entry.outcome == RequestOutcome::accepted && entry.order.is_nil()) ++accepted_unnamed[group];
  }
  for (const auto& [group, list] : open) {
    unclear.requests += list.size();
    for (const LedgerEntry* entry : list) {
      unclear.errors += is_error(orders, *entry);
      unclear.unnamed += entry->order.is_nil();
      unclear.unnamed_errors += entry->order.is_nil() && is_error(orders, *entry);
    }
    const auto accepted = accepted_unnamed.find(group);
    find_effects(orders, group, list, accepted == accepted_unnamed.end() ? 0 : accepted->second, unclear.effects);
  }
  return unclear;
}

Witness witness_of(const ForeignOrders& orders, const Effect& effect, bool is_first) {
  const std::string state = effect.order->status.empty() ? "stored" : effect.order->status;
  Witness witness{.what = fmt::format("request {} was answered with HTTP {}, but its order {} is {}",
                                      effect.request->operation, effect.request->http_status, effect.order->id, state),
                  .rule =
                      "a client that gets an error repeats its request with the same key, and must get the same "
                      "order"};
  if (is_first) {
    orders.show(witness, *effect.order);
    orders.show(witness, *effect.request);
  }
  return witness;
}

}  // namespace

Verdict foreign_indeterminate_resolved(const ForeignOrders& orders) {
  constexpr std::string_view name = "indeterminate-resolved";
  const UnclearRequests unclear = unclear_requests(orders);
  if (unclear.requests == 0) return does_not_apply(name, "every request got a clear answer");
  if (unclear.unnamed > 0 && !orders.has_groups())
    return undecided(name, fmt::format("{} without a clear answer, but {}", count_of(unclear.requests, "request"),
                                       orders.why_no_groups()));
  Violations with_errors;  // not wrong, but worth showing
  for (const Effect& effect : unclear.effects)
    if (effect.request->http_status != 0) with_errors.add(witness_of(orders, effect, with_errors.first()));
  std::string summary =
      fmt::format("{} without a clear answer: {} took effect, {} did not", count_of(unclear.requests, "request"),
                  with_separators(unclear.effects.size()), with_separators(unclear.requests - unclear.effects.size()));
  if (with_errors.count() > 0)
    summary += fmt::format("; {} answered with an error, but took effect", with_separators(with_errors.count()));
  Verdict verdict = with_errors.verdict(name, summary);
  verdict.ruling = Ruling::pass;
  verdict.reason = summary;
  return verdict;
}

Verdict foreign_errors_had_no_effect(const ForeignOrders& orders) {
  constexpr std::string_view name = "errors-had-no-effect";
  const UnclearRequests unclear = unclear_requests(orders);
  if (unclear.errors == 0) return does_not_apply(name, "no request was answered with a server error of its own");
  Violations violations;
  std::uint64_t taken_back = 0, unsure = 0;
  for (const Effect& effect : unclear.effects) {
    if (!is_error(orders, *effect.request)) continue;
    const bool undone = orders.is_undone(*effect.order);
    taken_back += undone;
    const bool is_certain = effect.is_certain && !orders.is_unseen(effect.order->ref);
    unsure += !undone && !is_certain;
    if (!undone && is_certain) violations.add(witness_of(orders, effect, violations.first()));
  }
  if (violations.count() == 0 && unclear.unnamed_errors > 0 && !orders.has_groups())
    return undecided(name, fmt::format("{} answered with an error that names no order, and {}",
                                       count_of(unclear.unnamed_errors, "request"), orders.why_no_groups()));
  if (violations.count() == 0 && unsure > 0)
    return undecided(name, fmt::format("{} may be of requests that were answered with an error, or of others with the "
                                       "same key that got no answer",
                                       count_of(unsure, "order")));
  std::string summary =
      fmt::format("none of {} that were answered with an error is in effect", count_of(unclear.errors, "request"));
  if (taken_back > 0) summary += fmt::format("; {} left an order that is undone", with_separators(taken_back));
  return violations.verdict(name, summary);
}

}  // namespace sagactl
