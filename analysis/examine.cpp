#include "analysis/examine.hpp"

#include "analysis/checks/database_checks.hpp"
#include "analysis/checks/ledger_checks.hpp"
#include "analysis/verify.hpp"

namespace sagactl {
namespace {

// Lets through what is of one run: an order is of the run that its first product or its correlation names.
class OfRun final : public Observer {
 public:
  OfRun(std::string run, std::vector<Observer*> observers)
      : run_(std::move(run)), key_(correlation_key(run_)), observers_(std::move(observers)) {}

  void see(const FlowFacts& facts) override {
    if (!run_.empty()) {
      const auto& items = facts.flow.order.items;
      const auto product = items.empty() ? std::nullopt : parse_product_id(items.front().product_id);
      const auto correlation = facts.flow.saga ? Uuid::parse(facts.flow.saga->correlation) : std::nullopt;
      const bool asked_for = correlation && operation_of(key_, *correlation);
      if (!asked_for && (!product || product->run != run_)) return;
    }
    orders_ += facts.has_order;
    for (Observer* observer : observers_) observer->see(facts);
  }
  std::uint64_t orders() const { return orders_; }

 private:
  const std::string run_;
  const std::uint64_t key_;
  const std::vector<Observer*> observers_;
  std::uint64_t orders_ = 0;
};

}  // namespace

Result<Examination> examine(History& history, const ExamineOptions& options) {
  DistributionObserver distribution;
  ConcurrentGroupsObserver groups(options.ledger);
  SagaTimingsObserver sagas;
  OfRun of_run(options.run, {&distribution, &groups, &sagas});

  Checks checks = database_checks(options.check);
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

  const auto surroundings = read_history(history, options.filter, observers);
  if (!surroundings) return surroundings.error();
  if (index) index->settle();
  return Examination{.taken_at = surroundings->taken_at,
                     .verdicts = finish(checks, *surroundings),
                     .distribution = distribution.finish(*surroundings),
                     .groups = groups.finish(),
                     .sagas = sagas.finish(),
                     .nodes = surroundings->nodes,
                     .orders = of_run.orders()};
}

std::vector<Verdict> verdicts_without_database(std::string_view why) {
  std::vector<Verdict> verdicts;
  for (const std::string_view name : verdict_names()) verdicts.push_back(undecided(name, why));
  return verdicts;
}

}  // namespace sagactl
