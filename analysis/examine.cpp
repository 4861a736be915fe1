#include "analysis/examine.hpp"

#include "analysis/checks/database_checks.hpp"
#include "analysis/checks/ledger_checks.hpp"
#include "analysis/faults/faulted_sagas.hpp"
#include "analysis/history/run_filter.hpp"
#include "analysis/verify.hpp"

namespace sagactl {
namespace {

// Passes on the flows of one run.
class RunObservers final : public Observer {
 public:
  RunObservers(std::string run, std::vector<Observer*> observers)
      : filter_(std::move(run)), observers_(std::move(observers)) {}

  void on_flow(const FlowFacts& facts) override {
    if (!filter_.matches(facts.flow)) return;
    orders_ += facts.is_requested();
    for (Observer* observer : observers_) observer->on_flow(facts);
  }
  std::uint64_t orders() const { return orders_; }

 private:
  const RunFilter filter_;
  const std::vector<Observer*> observers_;
  std::uint64_t orders_ = 0;
};

OutstandingWork outstanding_work(const LedgerIndex& index) {
  OutstandingWork outstanding;
  for (const LedgerEntry& entry : index.ledger().entries) {
    const bool indeterminate = entry.outcome == RequestOutcome::indeterminate;
    if (indeterminate && entry.failure == TransportFailure::timed_out && index.orders_of(entry).empty())
      ++outstanding.timed_out;
  }
  return outstanding;
}

}  // namespace

Result<Examination> examine(History& history, const ExamineOptions& options) {
  DistributionObserver distribution;
  ConcurrentGroupsObserver groups(options.ledger);
  SagaTimingsObserver sagas;
  FaultedSagasObserver faulted(options.ledger);
  RunObservers of_run(options.run, {&distribution, &groups, &sagas, &faulted});

  CheckOptions check_options = options.check;
  if (options.ledger) check_options.run = options.run;
  Checks checks = database_checks(check_options);
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
  if (index) index->finish_reading();
  return Examination{.taken_at = snapshot->taken_at,
                     .verdicts = finish(checks, *snapshot),
                     .distribution = distribution.finish(*snapshot),
                     .groups = groups.finish(),
                     .sagas = sagas.finish(),
                     .faulted_sagas = faulted.finish(),
                     .nodes = snapshot->nodes,
                     .orders = of_run.orders(),
                     .outstanding_work = index ? outstanding_work(*index) : OutstandingWork{}};
}

std::vector<Verdict> verdicts_without_database(std::string_view why) {
  std::vector<Verdict> verdicts;
  for (const std::string_view name : verdict_names()) verdicts.push_back(undecided(name, why));
  return verdicts;
}

}  // namespace sagactl
