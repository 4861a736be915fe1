#include "loadgen/ledger/ledger.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace sagactl {
namespace {

// Persisted in ledger files, in the order of the enums. Do not rename.
constexpr std::array<std::string_view, 5> outcome_names = {"accepted", "duplicate", "rejected", "indeterminate",
                                                           "unreached"};
constexpr std::array<std::string_view, 7> failure_names = {"none",          "timed_out",   "closed",    "unreadable",
                                                           "no_connection", "kept_closed", "agent_lost"};
constexpr std::array<std::string_view, 9> status_names = {"none",      "pending",   "processing", "paid", "shipped",
                                                          "delivered", "cancelled", "failed",     "other"};

constexpr std::array<std::string_view, 6> step_end_names = {"last",     "next",        "unexpected",
                                                            "no_value", "not_in_time", "unanswered"};

template <class Enum, std::size_t count>
std::optional<Enum> find_name(const std::array<std::string_view, count>& names, std::string_view text) {
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

GroupOverlap overlap_of(std::uint32_t group, const std::vector<const LedgerEntry*>& orders) {
  // +1 where one is sent, -1 where one ends. At equal times the ends come first: touching is not overlapping.
  std::vector<std::pair<std::int64_t, int>> changes;
  std::set<std::uint16_t> targets;
  for (const LedgerEntry* order : orders) {
    if (order->sent.us == 0) continue;
    changes.emplace_back(order->sent.us, 1);
    changes.emplace_back(std::max(order->done.us, order->sent.us + 1), -1);
    targets.insert(order->target);
  }
  std::sort(changes.begin(), changes.end());
  GroupOverlap overlap;
  overlap.group = group;
  overlap.requests = static_cast<std::uint32_t>(orders.size());
  overlap.targets = static_cast<std::uint32_t>(targets.size());
  int in_flight = 0;
  for (const auto& [at, change] : changes) {
    in_flight += change;
    overlap.depth = std::max(overlap.depth, static_cast<std::uint32_t>(std::max(0, in_flight)));
  }
  return overlap;
}

}  // namespace

std::string_view to_string(RequestOutcome outcome) {
  return outcome_names[static_cast<std::size_t>(outcome)];
}
std::optional<RequestOutcome> parse_request_outcome(std::string_view text) {
  return find_name<RequestOutcome>(outcome_names, text);
}

std::string_view to_string(TransportFailure failure) {
  return failure_names[static_cast<std::size_t>(failure)];
}
std::optional<TransportFailure> parse_transport_failure(std::string_view text) {
  return find_name<TransportFailure>(failure_names, text);
}

std::string_view to_string(ClaimedStatus status) {
  return status_names[static_cast<std::size_t>(status)];
}
std::optional<ClaimedStatus> parse_claimed_status(std::string_view text) {
  return find_name<ClaimedStatus>(status_names, text);
}

std::string_view to_string(StepEnd end) {
  return step_end_names[static_cast<std::size_t>(end)];
}
std::optional<StepEnd> parse_step_end(std::string_view text) {
  return find_name<StepEnd>(step_end_names, text);
}

std::vector<ProductItem> Ledger::items_of(const LedgerEntry& entry) const {
  return ProductPlan::items_of(entry.kind, entry.group);
}

std::vector<std::string> Ledger::products(const LedgerEntry& entry) const {
  std::vector<std::string> ids;
  for (std::uint32_t item = 0; item < items; ++item) ids.push_back(product_of(entry.kind, entry.group, item));
  return ids;
}

std::string Ledger::product(const LedgerEntry& entry) const {
  return product_of(entry.kind, entry.group, 0);
}

std::string Ledger::idempotency_key(const LedgerEntry& entry) const {
  if (keyed) return product_id(run, entry.kind, entry.group, 0);
  return derived_idempotency_key(products(entry));
}

Money Ledger::expected_total(const LedgerEntry& entry) const {
  Money total;
  for (const ProductItem& item : items_of(entry)) total.cents += item.price.cents * item.quantity;
  return total;
}

Uuid Ledger::correlation_sent(const LedgerEntry& entry) const {
  return correlation_of(correlation_key(run), entry.operation);
}

std::string Ledger::order_text(const LedgerEntry& entry) const {
  if (!entry.order_name.text().empty()) return std::string(entry.order_name.text());
  return entry.order.is_nil() ? std::string() : entry.order.text();
}

const LedgerEntry* Ledger::request_with(const Uuid& correlation) const {
  const auto operation = operation_of(correlation_key(run), correlation);
  return operation ? entries.find(*operation) : nullptr;
}

std::vector<GroupOverlap> overlaps(const Ledger& ledger) {
  std::map<std::uint32_t, std::vector<const LedgerEntry*>> groups;
  for (const LedgerEntry& entry : ledger.entries) {
    if (entry.kind == OrderKind::duplicate) groups[entry.group].push_back(&entry);
  }
  std::vector<GroupOverlap> list;
  for (const auto& [group, orders] : groups) list.push_back(overlap_of(group, orders));
  return list;
}

}  // namespace sagactl
