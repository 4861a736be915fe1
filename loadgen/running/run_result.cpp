#include "loadgen/running/run_result.hpp"

#include "loadgen/ledger/load_figures.hpp"

namespace sagactl {

void describe_run(Ledger& ledger, const RunPreparation& preparation, const std::vector<LoadPhase>& phases) {
  const LoadOptions& options = preparation.options();
  static_cast<ProductPlan&>(ledger) = product_plan_of(options, options.run, preparation.catalogue());
  ledger.scenario = to_string(options.scenario);
  ledger.system = options.profile.name;
  ledger.method = options.profile.method;
  ledger.path = options.profile.path;
  ledger.keyed = options.profile.duplicates_by == Profile::DuplicatesBy::key;
  ledger.open_loop = options.rate.has_value();
  ledger.loses_cookies = preparation.loses_cookies();
  ledger.targets = preparation.target_names();
  // Without accounts, the users of orders are none in the database of a built-in system.
  const bool are_known = !options.profile.is_ours || options.profile.accounts == Profile::Accounts::registered;
  for (const LoadUser& user : preparation.users()) ledger.user_ids.push_back(are_known ? user.id : std::string());
  for (const LoadPhase& phase : phases) ledger.phases.push_back({phase.name, phase.warmup});
}

void add_figures(RunResult& result, const JourneyPlan& plan, const PlannedSeconds& planned) {
  const Ledger& ledger = result.ledger;
  result.journeys = journey_figures_of(ledger);
  result.unexpected_answers = unexpected_answers(plan, ledger);
  LoadFigures figures = figures_of(ledger);
  result.requests = figures.requests;
  result.response = std::move(figures.response);
  result.service = std::move(figures.service);
  result.measured = figures.measured;
  result.rated = figures.rated;
  const StepPlan& creating = plan.step(plan.creating_step());
  result.answers = count_answers(ledger, &creating.first_answers);
  for (AnswerCount& it : result.answers.answers)
    it.is_described = it.http_status == 0 || creating.answers.describes(it.http_status);
  result.seconds = std::move(figures.seconds);
  planned.fill_in(result.seconds, result.interrupted);
  result.overlaps = overlaps(ledger);
  result.generator.lateness = std::move(figures.lateness);
}

}  // namespace sagactl
