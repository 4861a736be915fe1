#include "analysis/figures/concurrent_groups.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "loadgen/ledger/load_figures.hpp"

namespace sagactl {
namespace {

std::string_view to_string(ConcurrentGroup::Kind kind) {
  switch (kind) {
    case ConcurrentGroup::Kind::requests:
      return "requests";
    case ConcurrentGroup::Kind::same_products:
      return "same-products";
    case ConcurrentGroup::Kind::window:
      return "window";
  }
  return "window";
}

bool is_duplicate(const LedgerEntry& entry) {
  return entry.kind == OrderKind::duplicate;
}

std::string items_text(const std::vector<OrderItem>& items) {
  if (items.empty()) return {};
  if (items.size() == 1) return items.front().product_id;
  return fmt::format("{} +{}", items.front().product_id, items.size() - 1);
}

void set_gaps(std::vector<GroupMember>& members) {
  for (std::size_t i = 1; i < members.size(); ++i) members[i].gap = members[i].at - members[i - 1].at;
}

}  // namespace

const GroupMember* ConcurrentGroup::winner() const {
  const auto created =
      std::find_if(members.begin(), members.end(), [](const GroupMember& it) { return it.outcome == "created"; });
  return created == members.end() ? nullptr : &*created;
}

ConcurrentGroupsObserver::ConcurrentGroupsObserver(const Ledger* ledger) : ledger_(ledger) {
  if (!ledger_) return;
  for (const LedgerEntry& entry : ledger_->entries)
    if (is_duplicate(entry) && !entry.order.is_nil()) by_order_[entry.order];
  if (by_order_.empty()) ledger_ = nullptr;
}

void ConcurrentGroupsObserver::on_flow(const FlowFacts& facts) {
  if (ledger_) {
    const auto it = facts.is_requested() ? by_order_.find(facts.flow.order.id.uuid) : by_order_.end();
    if (it != by_order_.end()) it->second = {facts.created_at(), nodes_.of(facts.created_by())};
    return;
  }
  if (!facts.has_order) return;
  const Order& order = facts.flow.order;
  if (!open_.empty() && order.created_at - open_.front().at >= window) close_window();
  open_.push_back({order.id, order.node, order.created_at, items_text(order.items), order.idempotency_key});
}

ConcurrentGroup ConcurrentGroupsObserver::group_of_orders(ConcurrentGroup::Kind kind,
                                                          const std::vector<const PlacedOrder*>& orders) const {
  ConcurrentGroup group;
  group.kind = kind;
  group.began_at = orders.front()->at;
  if (kind == ConcurrentGroup::Kind::same_products) group.products = orders.front()->product;
  for (const PlacedOrder* placed : orders) {
    GroupMember member;
    member.outcome = "created";
    member.node = placed->node;
    member.order = placed->order.text();
    member.product = placed->product;
    member.at = placed->at - group.began_at;
    member.written_at = placed->at;
    group.members.push_back(std::move(member));
  }
  set_gaps(group.members);
  return group;
}

void ConcurrentGroupsObserver::close_window() {
  if (open_.size() > 1) {
    std::map<std::string, std::vector<const PlacedOrder*>> by_key;
    std::vector<const PlacedOrder*> all;
    for (const PlacedOrder& placed : open_) {
      all.push_back(&placed);
      if (!placed.key.empty()) by_key[placed.key].push_back(&placed);
    }
    for (const auto& [key, orders] : by_key)
      if (orders.size() > 1) list(group_of_orders(ConcurrentGroup::Kind::same_products, orders));
    list(group_of_orders(ConcurrentGroup::Kind::window, all));
  }
  open_.clear();
}

void ConcurrentGroupsObserver::list(ConcurrentGroup group) {
  ++summary_.groups;
  summary_.members += group.members.size();
  if (const GroupMember* winner = group.winner()) ++summary_.wins[winner->node];
  if (summary_.listed.size() >= groups_max) return;
  if (group.members.size() > members_max) group.members.resize(members_max);
  summary_.listed.push_back(std::move(group));
}

GroupMember ConcurrentGroupsObserver::member_of(const LedgerEntry& entry, Timestamp first_sent,
                                                const RepeatedAnswers& repeated) const {
  GroupMember member;
  member.outcome = std::string(to_string(entry.outcome));
  member.node = ledger_->targets[entry.target];
  if (entry.sent.us != 0) member.at = entry.sent - first_sent;
  if (entry.sent.us != 0) member.done = entry.done - first_sent;
  if (entry.outcome != RequestOutcome::accepted) return member;
  member.outcome = repeated.has(entry) ? "repeated" : "created";
  member.order = entry.order.text();
  const auto placed = by_order_.find(entry.order);
  if (placed == by_order_.end() || placed->second.at.us == 0) return member;
  member.node = nodes_.name(placed->second.node);
  member.written_at = placed->second.at;
  return member;
}

ConcurrentGroup ConcurrentGroupsObserver::group_of_requests(const std::vector<const LedgerEntry*>& entries,
                                                            const RepeatedAnswers& repeated) const {
  ConcurrentGroup group;
  group.kind = ConcurrentGroup::Kind::requests;
  group.products = ledger_->product(*entries.front());
  Timestamp first_sent = entries.front()->sent;
  for (const LedgerEntry* entry : entries)
    if (entry->sent.us != 0) first_sent = std::min(first_sent.us == 0 ? entry->sent : first_sent, entry->sent);
  group.began_at = first_sent;
  for (const LedgerEntry* entry : entries) group.members.push_back(member_of(*entry, first_sent, repeated));
  std::stable_sort(group.members.begin(), group.members.end(),
                   [](const GroupMember& a, const GroupMember& b) { return a.at < b.at; });
  set_gaps(group.members);
  return group;
}

GroupSummary ConcurrentGroupsObserver::finish() {
  close_window();
  if (!ledger_) return std::move(summary_);
  std::map<std::uint32_t, std::vector<const LedgerEntry*>> groups;
  for (const LedgerEntry& entry : ledger_->entries)
    if (is_duplicate(entry) && ledger_->is_measured(entry)) groups[entry.group].push_back(&entry);
  const RepeatedAnswers repeated(*ledger_);
  std::map<std::uint32_t, std::uint32_t> depths;
  for (const GroupOverlap& overlap : overlaps(*ledger_)) depths[overlap.group] = overlap.depth;
  for (const auto& [number, entries] : groups) {
    if (entries.size() < 2) continue;
    ConcurrentGroup group = group_of_requests(entries, repeated);
    group.depth = depths[number];
    list(std::move(group));
  }
  return std::move(summary_);
}

Json to_json(const ConcurrentGroup& group) {
  Json members = Json::array();
  for (const GroupMember& it : group.members) {
    Json member{{"outcome", it.outcome}, {"node", it.node}};
    if (!it.order.empty()) member["orderId"] = it.order;
    if (!it.product.empty() && group.products.empty()) member["product"] = it.product;
    member["atUs"] = it.at.count();
    member["gapUs"] = it.gap.count();
    if (it.done) member["doneUs"] = it.done->count();
    if (it.written_at) member["writtenAt"] = iso8601_us(*it.written_at);
    members.push_back(std::move(member));
  }
  Json json{{"kind", to_string(group.kind)}, {"products", group.products}, {"startedAt", iso8601_us(group.began_at)}};
  if (group.depth > 0) json["depth"] = group.depth;
  if (const GroupMember* winner = group.winner())
    json["winner"] = Json{{"node", winner->node}, {"orderId", winner->order}};
  json["members"] = std::move(members);
  return json;
}

Json to_json(const GroupSummary& summary) {
  Json wins = Json::object();
  for (const auto& [node, count] : summary.wins) wins[node] = count;
  return Json{{"found", summary.groups},
              {"listed", summary.listed.size()},
              {"members", summary.members},
              {"windowMs", ConcurrentGroupsObserver::window.count() / 1000},
              {"wins", wins}};
}

}  // namespace sagactl
