// Verdicts about another system's orders: compares them with the answers that the client got.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "analysis/foreign/foreign.hpp"
#include "analysis/readable.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

// How many requests of each group may have created an order that no answer named, or named differently from the
// database.
std::map<OrderGroup, std::size_t> open_requests(const ForeignOrders& orders) {
  std::map<OrderGroup, std::size_t> open;
  const bool comparable = orders.other_spelling().empty();
  for (const LedgerEntry& entry : orders.ledger().entries)
    if (entry.outcome == RequestOutcome::indeterminate ||
        (entry.outcome == RequestOutcome::accepted && (entry.order.is_nil() || !comparable)))
      ++open[{entry.kind, entry.group}];
  return open;
}

bool may_be_undone(const ForeignOrders* orders, const Uuid& ref) {
  if (!orders) return false;
  if (orders->is_unseen(ref)) return true;
  const ForeignOrder* order = orders->find(ref);
  return order && orders->is_undone(*order);
}

}  // namespace

Verdict foreign_one_order_per_group(const ForeignOrders* orders, const Ledger& ledger) {
  constexpr std::string_view name = "one-order-per-duplicate-group";
  constexpr const char* rule = "concurrent requests for the same order create exactly one order";
  std::map<std::uint32_t, std::vector<const LedgerEntry*>> groups;
  for (const LedgerEntry& entry : ledger.entries)
    if (entry.kind == OrderKind::duplicate) groups[entry.group].push_back(&entry);
  if (groups.empty()) return does_not_apply(name, "no duplicates were sent");
  Violations violations;
  std::uint64_t judged = 0, nothing = 0, unnamed = 0;
  const bool by_database = orders && orders->has_groups();
  for (const auto& [group, requests] : groups) {
    std::map<Uuid, const LedgerEntry*> named;
    std::size_t in_effect = 0;
    for (const LedgerEntry* request : requests) {
      unnamed += request->outcome == RequestOutcome::accepted && request->order.is_nil();
      const bool is_accepted = request->outcome == RequestOutcome::accepted && !request->order.is_nil();
      if (!is_accepted && !is_answered_with_its_order(*request)) continue;
      if (named.emplace(request->order, request).second) in_effect += !may_be_undone(orders, request->order);
    }
    std::vector<const ForeignOrder*> placed;
    if (by_database) placed = orders->of_group(OrderKind::duplicate, group);
    const ForeignOrder* second = nullptr;
    for (std::size_t i = 1; i < placed.size() && !second; ++i)
      if (!orders->is_over_before(*placed[i - 1], placed[i]->created_at)) second = placed[i];
    const bool answers_name_two = !by_database && in_effect > 1;
    if (second || answers_name_two) {
      const std::size_t count = second ? placed.size() : named.size();
      Witness witness{.what = fmt::format("{} were placed for {}", count_of(count, "order"),
                                          request_name(ledger, *requests.front())),
                      .rule = rule};
      for (const ForeignOrder* order : placed) orders->show(witness, *order);
      for (const auto& [ref, request] : named)
        if (const ForeignOrder* order = by_database || !orders ? nullptr : orders->find(ref))
          orders->show(witness, *order);
      for (const auto& [ref, request] : named) witness.requests.push_back(answer_row(ledger, *request));
      violations.add(std::move(witness));
    }
    ++(placed.empty() && named.empty() ? nothing : judged);
  }
  if (violations.count() == 0 && judged == 0 && unnamed > 0)
    return undecided(name, fmt::format("none of {} named its order: does answer.order point at it?",
                                       count_of(unnamed, "accepting answer")));
  if (violations.count() == 0 && judged == 0)
    return undecided(name, "every request of every group was rejected or got no answer");
  std::string summary = fmt::format("one order for each of {}", count_of(judged, "duplicate group"));
  if (!by_database)
    summary += orders ? ", by the answers and the status of each order that they named" : ", by the answers alone";
  if (nothing > 0) summary += fmt::format("; {} got no accepting answer", count_of(nothing, "group"));
  return violations.verdict(name, summary);
}

Verdict foreign_no_lost_order(const ForeignOrders& orders) {
  constexpr std::string_view name = "no-lost-order";
  const std::string_view where = orders.source().where;
  Violations violations;
  std::uint64_t accepted = 0, unnamed = 0, unseen = 0;
  const bool comparable = orders.other_spelling().empty();  // otherwise by their keys
  for (const LedgerEntry& entry : orders.ledger().entries) {
    if (!orders.promises_order(entry)) continue;
    const bool named = !entry.order.is_nil() && comparable;
    ++(named ? accepted : unnamed);
    const auto others = orders.of_group(entry.kind, entry.group);
    const bool there = named ? orders.find(entry.order) != nullptr : !orders.has_groups() || !others.empty();
    if (there) continue;
    if (orders.is_unseen(entry.order)) {
      ++unseen;
      continue;
    }
    const std::string other = others.empty() ? "" : fmt::format("; order {} has its key", others.front()->id);
    Witness witness{
        .what = named ? fmt::format("request {} was {} order {}, which is not {}{}", entry.operation,
                                    entry.outcome == RequestOutcome::accepted ? "accepted as" : "answered with",
                                    orders.ledger().order_text(entry), where, other)
                      : fmt::format("request {} was accepted, but {} has no order with its key {}", entry.operation,
                                    orders.source().name, orders.ledger().idempotency_key(entry)),
        .rule = "an order that was acknowledged is durable"};
    if (violations.first()) {
      for (const ForeignOrder* order : others) orders.show(witness, *order);
      orders.show(witness, entry);
    }
    violations.add(std::move(witness));
  }
  if (!comparable && violations.count() == 0)
    return undecided(
        name,
        fmt::format("{}: let the query return as order_id what the answers name, or point answer.order at what the "
                    "query returns",
                    orders.other_spelling()));
  if (accepted + unnamed == 0) return does_not_apply(name, "no request was accepted");
  if (violations.count() == 0 && unseen > 0)
    return undecided(name, fmt::format("of {} it is not known whether they are {}: {}",
                                       count_of(unseen, "accepted order"), where, orders.why_unseen()));
  const bool untraced = unnamed > 0 && !orders.has_groups() && violations.count() == 0;
  if (untraced && accepted > 0)
    return undecided(name, fmt::format("{} of {} named no order, and {}", with_separators(unnamed),
                                       count_of(accepted + unnamed, "accepted answer"), orders.why_no_groups()));
  if (untraced)
    return undecided(name,
                     fmt::format("no answer named its order: does answer.order point at it? (With a column key in {} "
                                 "no name is needed)",
                                 orders.source().orders));
  std::string summary = fmt::format("all {} are {}", count_of(accepted + unnamed, "accepted order"), where);
  if (unnamed > 0)
    summary +=
        fmt::format(", {} of them found by their keys, because their answers named no order", with_separators(unnamed));
  return violations.verdict(name, summary);
}

Verdict foreign_no_phantom_order(const ForeignOrders& orders) {
  constexpr std::string_view name = "no-phantom-order";
  if (!orders.has_groups()) return does_not_apply(name, orders.why_no_groups());
  auto open = open_requests(orders);
  std::map<OrderGroup, const LedgerEntry*> refused;
  for (const LedgerEntry& entry : orders.ledger().entries)
    if (entry.outcome == RequestOutcome::rejected) refused.emplace(OrderGroup{entry.kind, entry.group}, &entry);
  Violations violations;
  std::uint64_t traced = 0, declined = 0;
  for (const ForeignOrder& order : orders.all()) {
    if (!order.group) continue;
    ++traced;
    if (orders.accepted_request(order.ref)) continue;
    const auto explains = open.find(*order.group);
    if (explains != open.end() && explains->second > 0) {
      --explains->second;
      continue;
    }
    const auto refusal = refused.find(*order.group);
    // A declined order that the server keeps.
    if (refusal != refused.end() && orders.is_undone(order)) {
      ++declined;
      continue;
    }
    if (refusal != refused.end() && orders.is_unseen(order.ref)) continue;
    std::string what = fmt::format("order {} belongs to this run, but no answer named it", order.id);
    if (refusal != refused.end())
      what = fmt::format("order {}{} exists, but its request {} was refused with HTTP {}", order.id,
                         order.status.empty() ? "" : ", which is " + order.status + ",", refusal->second->operation,
                         refusal->second->http_status);
    Witness witness{.what = std::move(what),
                    .rule = refusal == refused.end()
                                ? "every order comes from a request"
                                : "a refused request leaves no order, or one whose status is in status.undone"};
    if (violations.first()) {
      orders.show(witness, order);
      if (refusal != refused.end()) orders.show(witness, *refusal->second);
    }
    violations.add(std::move(witness));
  }
  if (traced == 0) return does_not_apply(name, no_order);
  std::string summary = fmt::format("all {} trace to a request", count_of(traced, "order"));
  if (declined > 0) summary += fmt::format(", {} of them to refused ones, and undone", with_separators(declined));
  return violations.verdict(name, summary);
}

Verdict foreign_one_live_order_per_key(const ForeignOrders& orders) {
  constexpr std::string_view name = "one-live-order-per-key";
  if (!orders.has("key")) return does_not_apply(name, fmt::format("{} has no column key", orders.source().orders));
  std::map<std::string, std::vector<const ForeignOrder*>> by_key;
  for (const ForeignOrder& order : orders.all())
    if (!order.key.empty()) by_key[order.key].push_back(&order);
  Violations violations;
  for (const auto& [key, list] : by_key) {
    for (std::size_t i = 1; i < list.size(); ++i) {
      if (orders.is_over_before(*list[i - 1], list[i]->created_at)) continue;
      Witness witness{
          .what = fmt::format("order {} was placed with key {} of order {}, which is {} and had not been undone",
                              list[i]->id, key, list[i - 1]->id,
                              list[i - 1]->status.empty() ? "stored" : list[i - 1]->status),
          .rule = "no two live orders have the same idempotency key"};
      if (violations.first()) {
        orders.show(witness, *list[i - 1]);
        orders.show(witness, *list[i]);
      }
      violations.add(std::move(witness));
      break;
    }
  }
  return violations.verdict(name, fmt::format("no two live orders for any of {}", count_of(by_key.size(), "key")));
}

namespace {

// Of a status that the profile has in other letters, so that nothing is known of the end of orders; "": there is none.
std::string other_case_of_final_status(const ForeignOrders& orders) {
  const std::vector<std::string> finals = orders.final_status_list();
  for (const ForeignOrder& order : orders.all()) {
    if (!order.of_run || orders.has_ended(order)) continue;
    for (const std::string& status : finals)
      if (lower(order.status) == lower(status))
        return fmt::format("order {} is {}, and [status] has {}: write it as the server does", order.id, order.status,
                           status);
  }
  return {};
}

}  // namespace

Verdict foreign_all_end(const ForeignOrders& orders) {
  constexpr std::string_view name = "all-sagas-end";
  if (!orders.has("status"))
    return does_not_apply(name, fmt::format("{} has no column status", orders.source().orders));
  if (orders.final_statuses().empty())
    return undecided(name, "the profile names no final status: [status] completed, undone or ends");
  Violations violations;
  std::uint64_t ended = 0;
  const bool any_ended = std::any_of(orders.all().begin(), orders.all().end(), [&](const ForeignOrder& order) {
    return order.of_run && orders.has_ended(order);
  });
  const std::string question = any_ended ? ""
                                         : ", and none has ended: does the server call final states " +
                                               orders.final_statuses() +
                                               "? One with another name belongs in status.completed, undone or ends";
  for (const ForeignOrder& order : orders.all()) {
    if (!order.of_run) continue;
    ++ended;
    if (orders.has_ended(order) || orders.is_unseen(order.ref)) continue;
    Witness witness{.what = fmt::format("order {} is still {}{}", order.id, order.status, question),
                    .rule = "every order ends before the drain timeout"};
    if (violations.first()) {
      orders.show(witness, order);
      if (const LedgerEntry* request = orders.accepted_request(order.ref)) orders.show(witness, *request);
    }
    violations.add(std::move(witness));
  }
  if (ended == 0) return does_not_apply(name, no_order);
  if (const std::string other = any_ended ? "" : other_case_of_final_status(orders); !other.empty())
    return undecided(name, other);
  return violations.verdict(name, fmt::format("all {} have ended", count_of(ended, "order")));
}

Verdict foreign_nodes_known(const ForeignOrders& orders) {
  constexpr std::string_view name = "every-node-known";
  if (!orders.has("node")) return does_not_apply(name, fmt::format("{} has no column node", orders.source().orders));
  Violations violations;
  std::set<std::string> nodes;
  for (const ForeignOrder& order : orders.all()) {
    if (!order.of_run) continue;
    nodes.insert(order.node);
    if (!order.node.empty()) continue;
    Witness witness{.what = fmt::format("order {} names no node", order.id),
                    .rule = "every order names the node that wrote it"};
    if (violations.first()) orders.show(witness, order);
    violations.add(std::move(witness));
  }
  return violations.verdict(name, fmt::format("every order names its node, one of {}", with_separators(nodes.size())));
}

}  // namespace sagactl
