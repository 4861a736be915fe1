// Another system's orders, held against what the client was told.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "analysis/foreign/foreign.hpp"
#include "analysis/report/wording.hpp"
#include "loadgen/ledger/answer_counts.hpp"

namespace sagactl {
namespace {

using Group = std::pair<OrderKind, std::uint32_t>;

constexpr std::string_view no_order = "no order of this run is there";

// Was `before` out of effect when `after` came?
bool is_over(const ForeignOrders& orders, const ForeignOrder& before, const ForeignOrder& after) {
  if (!orders.is_undone(before)) return false;
  return !before.ended_at || *before.ended_at <= after.created_at;
}

// How many requests of each group may have made an order that no answer named, or not as the database names it.
std::map<Group, std::size_t> open_requests(const ForeignOrders& orders) {
  std::map<Group, std::size_t> open;
  const bool comparable = orders.other_spelling().empty();
  for (const LedgerEntry& entry : orders.ledger().entries)
    if (entry.outcome == RequestOutcome::indeterminate ||
        (entry.outcome == RequestOutcome::accepted && (entry.order.is_nil() || !comparable)))
      ++open[{entry.kind, entry.group}];
  return open;
}

std::string name_of(const Ledger& ledger, const LedgerEntry& entry) {
  return ledger.keyed ? "key " + ledger.idempotency_key(entry) : ledger.product(entry);
}

}  // namespace

Verdict foreign_one_order_per_group(const ForeignOrders* orders, const Ledger& ledger) {
  constexpr std::string_view name = "one-order-per-duplicate-group";
  constexpr const char* rule = "concurrent requests for the same order make exactly one order";
  std::map<std::uint32_t, std::vector<const LedgerEntry*>> groups;
  for (const LedgerEntry& entry : ledger.entries)
    if (entry.kind == OrderKind::duplicate) groups[entry.group].push_back(&entry);
  if (groups.empty()) return does_not_apply(name, "no duplicates were sent");
  Violations violations;
  std::uint64_t judged = 0, nothing = 0;
  const bool by_database = orders && orders->has_groups();
  for (const auto& [group, requests] : groups) {
    std::map<Uuid, const LedgerEntry*> told;
    for (const LedgerEntry* request : requests)
      if (request->outcome == RequestOutcome::accepted && !request->order.is_nil())
        told.emplace(request->order, request);
    std::vector<const ForeignOrder*> made;
    if (by_database) made = orders->of_group(OrderKind::duplicate, group);
    const ForeignOrder* second = nullptr;
    for (std::size_t i = 1; i < made.size() && !second; ++i)
      if (!is_over(*orders, *made[i - 1], *made[i])) second = made[i];
    const bool told_two = !by_database && told.size() > 1;
    if (second || told_two) {
      const std::size_t count = second ? made.size() : told.size();
      Witness witness{.what = fmt::format("{} were placed for {}", counted(count, "order"),
                                          name_of(ledger, *requests.front())),
                      .rule = rule};
      for (const ForeignOrder* order : made) orders->show(witness, *order);
      for (const auto& [ref, request] : told)
        witness.requests.push_back(Json{{"operation", request->operation},
                                        {"target", ledger.targets[request->target]},
                                        {"key", ledger.idempotency_key(*request)},
                                        {"httpStatus", request->http_status},
                                        {"orderId", ledger.order_text(*request)},
                                        {"sentAt", iso8601_us(request->sent)},
                                        {"doneAt", iso8601_us(request->done)}});
      violations.add(std::move(witness));
    }
    ++(made.empty() && told.empty() ? nothing : judged);
  }
  if (violations.count() == 0 && judged == 0)
    return undecided(name, "every request of every group was turned away or got no answer");
  std::string held = fmt::format("one order for each of {}", counted(judged, "duplicate group"));
  if (!by_database) held += ", by the answers alone";
  if (nothing > 0) held += fmt::format("; {} got no answer that says yes", counted(nothing, "group"));
  return violations.verdict(name, held);
}

Verdict foreign_no_lost_order(const ForeignOrders& orders, std::string_view where) {
  constexpr std::string_view name = "no-lost-order";
  Violations violations;
  std::uint64_t accepted = 0, unnamed = 0;
  const bool comparable = orders.other_spelling().empty();  // else keys must do
  for (const LedgerEntry& entry : orders.ledger().entries) {
    if (entry.outcome != RequestOutcome::accepted) continue;
    const bool named = !entry.order.is_nil() && comparable;
    ++(named ? accepted : unnamed);
    const auto others = orders.of_group(entry.kind, entry.group);
    const bool there = named ? orders.find(entry.order) != nullptr : !orders.has_groups() || !others.empty();
    if (there) continue;
    const std::string other = others.empty() ? "" : fmt::format("; of its key there is order {}", others.front()->id);
    Witness witness{.what = named ? fmt::format("request {} was accepted as order {}, which is not {}{}",
                                                entry.operation, orders.ledger().order_text(entry), where, other)
                                  : fmt::format("request {} was accepted, and the database has no order of its key {}",
                                                entry.operation, orders.ledger().idempotency_key(entry)),
                    .rule = "an order that was acknowledged is durable"};
    if (violations.first()) {
      for (const ForeignOrder* order : others) orders.show(witness, *order);
      orders.show(witness, entry);
    }
    violations.add(std::move(witness));
  }
  if (!comparable && violations.count() == 0)
    return undecided(name,
                     fmt::format("{}: have the query give as order_id what the answers name, or answer.order point at "
                                 "what the query gives",
                                 orders.other_spelling()));
  if (accepted + unnamed == 0) return does_not_apply(name, "no request was accepted");
  const bool unseen = unnamed > 0 && !orders.has_groups() && violations.count() == 0;
  if (unseen && accepted > 0)
    return undecided(name, fmt::format("{} of {} named no order, and {}", grouped(unnamed),
                                       counted(accepted + unnamed, "accepted answer"), orders.why_no_groups()));
  if (unseen)
    return undecided(name,
                     "no answer named its order; does answer.order point at it, and is it in the first 256 KB of a "
                     "body that is JSON and not compressed? (A column key in sql.orders would tell without)");
  std::string held = fmt::format("all {} are {}", counted(accepted + unnamed, "accepted order"), where);
  if (unnamed > 0) held += fmt::format(", {} of them by their keys, for their answers named none", grouped(unnamed));
  return violations.verdict(name, held);
}

Verdict foreign_no_phantom_order(const ForeignOrders& orders) {
  constexpr std::string_view name = "no-phantom-order";
  if (!orders.has_groups()) return does_not_apply(name, orders.why_no_groups());
  auto open = open_requests(orders);
  std::map<Group, const LedgerEntry*> refused;
  for (const LedgerEntry& entry : orders.ledger().entries)
    if (entry.outcome == RequestOutcome::rejected) refused.emplace(Group{entry.kind, entry.group}, &entry);
  Violations violations;
  std::uint64_t traced = 0, declined = 0;
  for (const ForeignOrder& order : orders.all()) {
    if (!order.group) continue;
    ++traced;
    if (orders.told(order.ref)) continue;
    const auto explains = open.find(*order.group);
    if (explains != open.end() && explains->second > 0) {
      --explains->second;
      continue;
    }
    const auto no = refused.find(*order.group);
    // Kept as what came of a request that was turned away.
    if (no != refused.end() && orders.is_undone(order)) {
      ++declined;
      continue;
    }
    std::string what = fmt::format("order {} is of this run, and no request was told of it", order.id);
    if (no != refused.end())
      what = fmt::format("order {}{} is there, and request {} for it was refused with HTTP {}", order.id,
                         order.status.empty() ? "" : ", which is " + order.status + ",", no->second->operation,
                         no->second->http_status);
    Witness witness{.what = std::move(what),
                    .rule = no == refused.end()
                                ? "every order comes from a request"
                                : "a request that was refused leaves nothing, or an order whose status is "
                                  "one of status.undone"};
    if (violations.first()) {
      orders.show(witness, order);
      if (no != refused.end()) orders.show(witness, *no->second);
    }
    violations.add(std::move(witness));
  }
  if (traced == 0) return does_not_apply(name, no_order);
  std::string held = fmt::format("all {} trace to a request", counted(traced, "order"));
  if (declined > 0) held += fmt::format(", {} of them to one that was refused, and are undone", grouped(declined));
  return violations.verdict(name, held);
}

Verdict foreign_indeterminate_resolved(const ForeignOrders& orders) {
  constexpr std::string_view name = "indeterminate-resolved";
  std::map<Group, std::vector<const LedgerEntry*>> open;
  std::map<Group, std::size_t> unnamed;
  for (const LedgerEntry& entry : orders.ledger().entries) {
    const Group group{entry.kind, entry.group};
    if (entry.outcome == RequestOutcome::indeterminate) open[group].push_back(&entry);
    unnamed[group] += entry.outcome == RequestOutcome::accepted && entry.order.is_nil();
  }
  std::size_t requests = 0, happened = 0;
  Violations with_errors;  // not wrong, and worth to be seen
  for (auto& [group, list] : open) {
    // Of several requests for one order it may be that of the one that was told an error, and is to be seen.
    std::stable_partition(list.begin(), list.end(), [](const LedgerEntry* it) { return it->http_status != 0; });
    requests += list.size();
    std::vector<const ForeignOrder*> untold;
    for (const ForeignOrder* order : orders.of_group(group.first, group.second))
      if (!orders.told(order->ref)) untold.push_back(order);
    const std::size_t explained = std::min(untold.size(), unnamed[group]);
    untold.erase(untold.begin(), untold.begin() + static_cast<std::ptrdiff_t>(explained));
    happened += std::min(untold.size(), list.size());
    for (std::size_t i = 0; i < std::min(untold.size(), list.size()); ++i) {
      if (list[i]->http_status == 0) continue;
      Witness witness{.what = fmt::format("request {} was answered HTTP {}, and its order {} is {}", list[i]->operation,
                                          list[i]->http_status, untold[i]->id,
                                          untold[i]->status.empty() ? "there" : untold[i]->status),
                      .rule =
                          "who gets an error may not know that it was done: repeated with its key it must be the same "
                          "order"};
      if (with_errors.first()) {
        orders.show(witness, *untold[i]);
        orders.show(witness, *list[i]);
      }
      with_errors.add(std::move(witness));
    }
  }
  if (requests > 0 && !orders.has_groups())
    return undecided(name,
                     fmt::format("{} without an answer, and {}", counted(requests, "request"), orders.why_no_groups()));
  std::string held = fmt::format("{} without an answer: {} happened, {} did not", counted(requests, "request"),
                                 grouped(happened), grouped(requests - happened));
  if (with_errors.count() > 0)
    held += fmt::format("; {} answered with an error, and done", grouped(with_errors.count()));
  Verdict verdict = with_errors.verdict(name, held);
  verdict.ruling = Ruling::pass;
  verdict.reason = held;
  return verdict;
}

Verdict foreign_one_live_order_per_key(const ForeignOrders& orders) {
  constexpr std::string_view name = "one-live-order-per-key";
  if (!orders.has("key")) return does_not_apply(name, "sql.orders has no column key");
  std::map<std::string, std::vector<const ForeignOrder*>> by_key;
  for (const ForeignOrder& order : orders.all())
    if (!order.key.empty()) by_key[order.key].push_back(&order);
  Violations violations;
  for (const auto& [key, list] : by_key) {
    for (std::size_t i = 1; i < list.size(); ++i) {
      if (is_over(orders, *list[i - 1], *list[i])) continue;
      Witness witness{.what = fmt::format("order {} was placed with key {} of order {}, which is {} and was not undone "
                                          "before",
                                          list[i]->id, key, list[i - 1]->id,
                                          list[i - 1]->status.empty() ? "there" : list[i - 1]->status),
                      .rule = "at no instant two live orders have one idempotency key"};
      if (violations.first()) {
        orders.show(witness, *list[i - 1]);
        orders.show(witness, *list[i]);
      }
      violations.add(std::move(witness));
      break;
    }
  }
  return violations.verdict(name, fmt::format("never two at once of {}", counted(by_key.size(), "key")));
}

Verdict foreign_all_end(const ForeignOrders& orders) {
  constexpr std::string_view name = "all-sagas-end";
  if (!orders.has("status")) return does_not_apply(name, "sql.orders has no column status");
  Violations violations;
  std::uint64_t ended = 0;
  const bool any_ended = std::any_of(orders.all().begin(), orders.all().end(), [&](const ForeignOrder& order) {
    return order.of_run && orders.has_ended(order);
  });
  const std::string words = any_ended ? "" : ", and none has ended: are " + orders.end_words() + " the server's words?";
  for (const ForeignOrder& order : orders.all()) {
    if (!order.of_run) continue;
    ++ended;
    if (orders.has_ended(order)) continue;
    Witness witness{.what = fmt::format("order {} is still {}{}", order.id, order.status, words),
                    .rule = "every order has ended when the drain is over"};
    if (violations.first()) {
      orders.show(witness, order);
      if (const LedgerEntry* request = orders.told(order.ref)) orders.show(witness, *request);
    }
    violations.add(std::move(witness));
  }
  if (ended == 0) return does_not_apply(name, no_order);
  return violations.verdict(name, fmt::format("all {} have ended", counted(ended, "order")));
}

Verdict foreign_answer_matches(const ForeignOrders& orders) {
  constexpr std::string_view name = "answer-matches-database";
  if (!orders.has_groups()) return does_not_apply(name, orders.why_no_groups());
  if (!orders.other_spelling().empty()) return undecided(name, orders.other_spelling());
  Violations violations;
  std::uint64_t answers = 0;
  for (const LedgerEntry& entry : orders.ledger().entries) {
    if (entry.order.is_nil()) continue;
    const ForeignOrder* order = orders.find(entry.order);
    if (!order) continue;  // for no-lost-order to say
    ++answers;
    const bool same_group = order->group == Group{entry.kind, entry.group};
    const bool same_total = !entry.claimed_total || !order->amount || *entry.claimed_total == *order->amount;
    if (same_group && same_total) continue;
    Witness witness{.what = {}, .rule = "what the client was told is what the database says"};
    witness.what =
        same_group
            ? fmt::format("request {} was told a total of {}, the database has {} for order {}",
                          entry.operation, entry.claimed_total->text(), order->amount->text(), order->id)
            : fmt::format("request {} was told order {}, which is another's: {}", entry.operation, order->id,
                          order->key.empty() ? order->product : order->key);
    if (violations.first()) {
      orders.show(witness, *order);
      orders.show(witness, entry);
    }
    violations.add(std::move(witness));
  }
  if (answers == 0) return does_not_apply(name, "no answer named an order that is there");
  return violations.verdict(name, fmt::format("{} are what the database says", counted(answers, "answer")));
}

Verdict foreign_nodes_known(const ForeignOrders& orders) {
  constexpr std::string_view name = "every-node-known";
  if (!orders.has("node")) return does_not_apply(name, "sql.orders has no column node");
  Violations violations;
  std::set<std::string> nodes;
  for (const ForeignOrder& order : orders.all()) {
    if (!order.of_run) continue;
    nodes.insert(order.node);
    if (!order.node.empty()) continue;
    Witness witness{.what = fmt::format("order {} names no node", order.id),
                    .rule = "each order carries the node that wrote it"};
    if (violations.first()) orders.show(witness, order);
    violations.add(std::move(witness));
  }
  return violations.verdict(name,
                            fmt::format("every order names its node, one of {}", grouped(nodes.size())));
}

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
  if (of_run == 0)
    return undecided(name, "the run placed no order, so nothing was shown" + answers_text(orders.ledger()));
  if (neither == of_run)
    return undecided(name, fmt::format("every order ended as {} or such, which is neither status.completed nor "
                                       "status.undone: nothing was shown",
                                       status));
  std::string shown = counted(of_run, "order");
  const auto groups = overlaps(orders.ledger());
  std::uint64_t met = 0, deepest = 0;
  for (const GroupOverlap& group : groups) {
    met += group.depth >= 2;
    deepest = std::max<std::uint64_t>(deepest, group.depth);
  }
  if (met * 2 < groups.size())
    return undecided(name, fmt::format("in only {} of {} two requests were under way at once", grouped(met),
                                       counted(groups.size(), "duplicate group")));
  if (!groups.empty())
    shown += fmt::format("; {} of {} overlapped, up to {} deep", grouped(met),
                         counted(groups.size(), "duplicate group"), deepest);
  bool failures_wanted = false;
  for (const LedgerEntry& entry : orders.ledger().entries)
    failures_wanted = failures_wanted || entry.kind == OrderKind::payment_fail;
  if (failures_wanted && undone == 0)
    return undecided(name, "failures were asked for, and no order was undone");
  if (failures_wanted) shown += "; " + counted(undone, "order") + " undone";
  return Violations().verdict(name, shown);
}

}  // namespace sagactl
