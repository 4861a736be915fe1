#include "analysis/examine.hpp"

#include "analysis/checks/database_checks.hpp"
#include "analysis/checks/ledger_checks.hpp"
#include "analysis/history/of_run.hpp"
#include "analysis/verify.hpp"

namespace sagactl {
namespace {

// Lets through what is of one run.
class OfRun final : public Observer {
 public:
  OfRun(std::string run, std::vector<Observer*> observers)
      : filter_(std::move(run)), observers_(std::move(observers)) {}

  void see(const FlowFacts& facts) override {
    if (!filter_.holds(facts.flow)) return;
    orders_ += facts.has_order;
    for (Observer* observer : observers_) observer->see(facts);
  }
  std::uint64_t orders() const { return orders_; }

 private:
  const RunFilter filter_;
  const std::vector<Observer*> observers_;
  std::uint64_t orders_ = 0;
};

StillToCome still_to_come(const LedgerIndex& index) {
  StillToCome left;
  for (const LedgerEntry& entry : index.ledger().entries) {
    const bool open = entry.outcome == RequestOutcome::indeterminate;
    if (open && entry.failure == TransportFailure::timed_out && index.orders_of(entry).empty()) ++left.timed_out;
  }
  return left;
}

}  // namespace

Result<Examination> examine(History& history, const ExamineOptions& options) {
  DistributionObserver distribution;
  ConcurrentGroupsObserver groups(options.ledger);
  SagaTimingsObserver sagas;
  OfRun of_run(options.run, {&distribution, &groups, &sagas});

  CheckOptions how = options.check;
  if (options.ledger) how.run = options.run;
  Checks checks = database_checks(how);
  std::optional<LedgerIndex> index;
  std::vector<Observer*> observers = {&of_run};
  if (options.ledger) {
    index.emplace(*options.ledger, options.check.scratch);
    observers.push_back(&*index);
    for (auto& check : ledger_checks(*index)) checks.push_back(std::move(check));
  } else {
    checks.push_back(holds_orders());
  }
  for (const auto& check : checks) observers.push_back(check.get());

  const auto snapshot = read_history(history, options.filter, observers);
  if (!snapshot) return snapshot.error();
  if (index) index->settle();
  return Examination{.taken_at = snapshot->taken_at,
                     .verdicts = finish(checks, *snapshot),
                     .distribution = distribution.finish(*snapshot),
                     .groups = groups.finish(),
                     .sagas = sagas.finish(),
                     .nodes = snapshot->nodes,
                     .orders = of_run.orders(),
                     .still_to_come = index ? still_to_come(*index) : StillToCome{}};
}

std::vector<Verdict> verdicts_without_database(std::string_view why) {
  std::vector<Verdict> verdicts;
  for (const std::string_view name : verdict_names()) verdicts.push_back(undecided(name, why));
  return verdicts;
}

}  // namespace sagactl
