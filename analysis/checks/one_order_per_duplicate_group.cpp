// Verdict one-order-per-duplicate-group: of concurrent orders for the same products exactly one was placed and the
// others were refused. (When that one is cancelled, its key is free again, and a later request may place another.)
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "analysis/checks/ledger_checks.hpp"
#include "analysis/readable.hpp"
#include "analysis/violations.hpp"

namespace sagactl {
namespace {

struct DuplicateGroup {
  std::vector<const LedgerEntry*> requests;
  std::vector<const RunOrder*> orders;  // by creation

  bool any(RequestOutcome outcome) const {
    return std::any_of(requests.begin(), requests.end(),
                       [&](const LedgerEntry* request) { return request->outcome == outcome; });
  }
};

class OneOrderPerDuplicateGroup final : public Check {
  static constexpr std::string_view name = "one-order-per-duplicate-group";
  static constexpr std::string_view rule = "concurrent orders for the same products create exactly one order";

 public:
  explicit OneOrderPerDuplicateGroup(const LedgerIndex& index) : index_(index) {}
  void on_flow(const FlowFacts&) override {}

  Verdict finish(const ClusterSnapshot&) override {
    std::map<std::uint32_t, DuplicateGroup> groups;
    for (const LedgerEntry& entry : index_.ledger().entries)
      if (entry.kind == OrderKind::duplicate) groups[entry.group].requests.push_back(&entry);
    if (groups.empty()) return does_not_apply(name, "no duplicates were sent");
    for (const RunOrder& order : index_.orders()) {
      const auto it = order.kind == OrderKind::duplicate ? groups.find(order.group) : groups.end();
      if (it != groups.end()) it->second.orders.push_back(&order);
    }
    for (auto& [number, group] : groups) {
      // A flow's id is created when its request arrives, which may be long before its order is placed.
      std::stable_sort(group.orders.begin(), group.orders.end(),
                       [](const RunOrder* a, const RunOrder* b) { return a->created_at < b->created_at; });
      judge(group);
    }
    std::string summary = fmt::format("one order for each of {}", count_of(judged_, "duplicate group"));
    if (again_ > 0)
      summary += fmt::format(", {} of them with another order after the first was cancelled", with_separators(again_));
    if (nothing_ > 0) summary += fmt::format("; {} got no conclusive answer", count_of(nothing_, "group"));
    if (violations_.count() == 0 && judged_ == 0)
      return undecided(name, "every request of every group was rejected or got no answer");
    return violations_.verdict(name, summary);
  }

 private:
  void judge(const DuplicateGroup& group) {
    const auto& orders = group.orders;
    for (std::size_t i = 1; i < orders.size(); ++i) {
      const RunOrder &before = *orders[i - 1], &after = *orders[i];
      if (before.ended_at.us != 0 && before.ended_at <= after.created_at) continue;
      if (before.reopened) continue;  // one-live-order-per-key checks when it was live
      add(group,
          fmt::format("{} were placed for {}, while the first was live", count_of(orders.size(), "order"),
                      product(group)),
          {&before, &after});
      return;
    }
    if (orders.empty() && group.any(RequestOutcome::duplicate) && !group.any(RequestOutcome::accepted)) {
      add(group,
          fmt::format("every request for {} was refused as a duplicate, but no order was placed", product(group)), {});
      return;
    }
    ++(orders.empty() ? nothing_ : judged_);
    again_ += orders.size() > 1;
  }

  std::string product(const DuplicateGroup& group) const { return index_.ledger().product(*group.requests.front()); }

  void add(const DuplicateGroup& group, std::string what, const std::vector<const RunOrder*>& orders) {
    Witness witness{.what = std::move(what), .rule = std::string(rule)};
    if (violations_.first()) {
      for (const RunOrder* order : orders) {
        witness.rows.push_back(index_.row_of(*order));
        witness.nodes.push_back(index_.node_of(*order));
        if (const LedgerEntry* request = index_.request_of(*order)) witness.requests.push_back(index_.row_of(*request));
      }
      if (orders.empty()) witness.requests.push_back(index_.row_of(*group.requests.front()));
    }
    ++judged_;
    violations_.add(std::move(witness));
  }

  const LedgerIndex& index_;
  std::uint64_t judged_ = 0, again_ = 0, nothing_ = 0;
  Violations violations_;
};

}  // namespace

std::unique_ptr<Check> one_order_per_duplicate_group(const LedgerIndex& index) {
  return std::make_unique<OneOrderPerDuplicateGroup>(index);
}

}  // namespace sagactl
