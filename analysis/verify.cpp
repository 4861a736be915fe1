#include "analysis/verify.hpp"

#include <algorithm>
#include <array>

#include "analysis/checks/database_checks.hpp"

namespace sagactl {
namespace {

constexpr std::array<std::string_view, 21> names = {
    "one-order-per-duplicate-group",
    "no-lost-order",
    "no-phantom-order",
    "indeterminate-resolved",
    "one-live-order-per-key",
    "stock-balances",
    "money-balances",
    "never-negative",
    "one-capture-per-order",
    "no-charge-after-compensation",
    "all-sagas-end",
    "compensation-complete",
    "legal-transitions",
    "counts-agree",
    "event-stream-complete",
    "fencing-increases",
    "locks-do-not-overlap",
    "published-once-or-more-applied-once",
    "answer-matches-database",
    "every-node-known",
    "not-vacuous",
};

}  // namespace

std::span<const std::string_view> verdict_names() {
  return names;
}

Checks database_checks(const CheckOptions& options) {
  Checks checks;
  checks.push_back(one_live_order_per_key(options));
  checks.push_back(stock_balances());
  checks.push_back(money_balances());
  checks.push_back(never_negative());
  checks.push_back(one_capture_per_order());
  checks.push_back(no_charge_after_compensation());
  checks.push_back(all_sagas_end(options));
  checks.push_back(compensation_complete());
  checks.push_back(legal_transitions());
  checks.push_back(counts_agree());
  checks.push_back(event_stream_complete());
  for (auto& check : lock_checks(options)) checks.push_back(std::move(check));
  checks.push_back(published_once_or_more_applied_once(options));
  checks.push_back(every_node_known());
  return checks;
}

std::vector<Verdict> finish(const Checks& checks, const ClusterSnapshot& snapshot) {
  std::vector<Verdict> verdicts;
  for (const auto& check : checks) verdicts.push_back(check->finish(snapshot));
  const auto place = [](const Verdict& verdict) { return std::find(names.begin(), names.end(), verdict.name); };
  std::stable_sort(verdicts.begin(), verdicts.end(),
                   [&](const Verdict& a, const Verdict& b) { return place(a) < place(b); });
  return verdicts;
}

Result<std::vector<Verdict>> verify(History& history, const CheckOptions& options, const HistoryFilter& filter) {
  Checks checks = database_checks(options);
  checks.push_back(holds_orders());
  std::vector<Observer*> observers;
  for (const auto& check : checks) observers.push_back(check.get());
  const auto snapshot = read_history(history, filter, observers);
  if (!snapshot) return snapshot.error();
  return finish(checks, *snapshot);
}

}  // namespace sagactl
