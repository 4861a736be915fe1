// Of the concurrent orders of the same products exactly one came to be; the others were refused. (When that
// one is cancelled, its key is free again, and a later request may rightly have placed another.)
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "analysis/checks/ledger_checks.hpp"
#include "analysis/violations.hpp"
#include "analysis/report/wording.hpp"

namespace sagactl {
namespace {

struct Group {
  std::vector<const LedgerEntry*> requests;
  std::vector<const RunOrder*> orders;  // by creation

  bool any(RequestOutcome outcome) const {
    return std::any_of(requests.begin(), requests.end(),
                       [&](const LedgerEntry* request) { return request->outcome == outcome; });
  }
};

class OneOrderPerDuplicateGroup final : public Check {
  static constexpr std::string_view name = "one-order-per-duplicate-group";
  static constexpr std::string_view rule =
      "concurrent orders of the same products make exactly one order";

 public:
  explicit OneOrderPerDuplicateGroup(const LedgerIndex& index) : index_(index) {}
  void see(const FlowFacts&) override {}

  Verdict finish(const ClusterSnapshot&) override {
    std::map<std::uint32_t, Group> groups;
    for (const LedgerEntry& entry : index_.ledger().entries)
      if (entry.kind == OrderKind::duplicate) groups[entry.group].requests.push_back(&entry);
    if (groups.empty()) return does_not_apply(name, "no duplicates were sent");
    for (const RunOrder& order : index_.orders()) {
      const auto it = order.kind == OrderKind::duplicate ? groups.find(order.group) : groups.end();
      if (it != groups.end()) it->second.orders.push_back(&order);
    }
    for (auto& [number, group] : groups) {
      // A flow's id is made when its request comes, which may wait for long before its order is placed.
      std::stable_sort(group.orders.begin(), group.orders.end(),
                       [](const RunOrder* a, const RunOrder* b) { return a->created_at < b->created_at; });
      judge(group);
    }
    std::string held = fmt::format("one order for each of {}", counted(judged_, "duplicate group"));
    if (again_ > 0)
      held += fmt::format(", in {} of them another after the first was cancelled", grouped(again_));
    if (nothing_ > 0)
      held += fmt::format("; {} got no answer that says yes or no", counted(nothing_, "group"));
    if (violations_.count() == 0 && judged_ == 0)
      return undecided(name, "every request of every group was turned away or got no answer");
    return violations_.verdict(name, held);
  }

 private:
  void judge(const Group& group) {
    const auto& orders = group.orders;
    for (std::size_t i = 1; i < orders.size(); ++i) {
      const RunOrder &before = *orders[i - 1], &after = *orders[i];
      if (before.ended_at.us != 0 && before.ended_at <= after.created_at) continue;
      if (before.reopened) continue;  // when it was live is for one-live-order-per-key to hold
      add(group,
          fmt::format("{} were placed for {}, while the first was live", counted(orders.size(), "order"),
                      product(group)),
          {&before, &after});
      return;
    }
    if (orders.empty() && group.any(RequestOutcome::duplicate) && !group.any(RequestOutcome::accepted)) {
      add(group,
          fmt::format("every order of {} was refused as a duplicate, and none was placed", product(group)),
          {});
      return;
    }
    ++(orders.empty() ? nothing_ : judged_);
    again_ += orders.size() > 1;
  }

  std::string product(const Group& group) const { return index_.ledger().product(*group.requests.front()); }

  void add(const Group& group, std::string what, const std::vector<const RunOrder*>& orders) {
    Witness witness{.what = std::move(what), .rule = std::string(rule)};
    if (violations_.first()) {
      for (const RunOrder* order : orders) {
        witness.rows.push_back(index_.row_of(*order));
        witness.nodes.push_back(index_.node_of(*order));
        if (const LedgerEntry* request = index_.request_of(*order))
          witness.requests.push_back(index_.row_of(*request));
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
