// `sagactl loadtest`: sends load, waits for the sagas, and decides whether all was right.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <ostream>

#include "cli/results/baseline.hpp"
#include "cli/loadtest/capacity.hpp"
#include "cli/commands.hpp"
#include "cli/loadtest/drain.hpp"
#include "cli/loadtest/evidence.hpp"
#include "cli/flag.hpp"
#include "cli/loadtest/loadtest_flags.hpp"
#include "cli/client/node_client.hpp"
#include "cli/loadtest/order_status.hpp"
#include "cli/results/result_origin.hpp"
#include "cli/loadtest/progress.hpp"
#include "cli/loadtest/active_saga_poller.hpp"
#include "loadgen/profile/sample_requests.hpp"

namespace sagactl {
namespace {

// One `loadtest` from its flags to its end.
class Loadtest {
 public:
  Loadtest(Invocation& invocation, const LoadtestFlags& flags)
      : invocation_(invocation), flags_(flags), progress_(invocation) {}

  Result<ExitCode> carry_out();

 private:
  Result<ExitCode> rehearse() const;
  Result<RunResult> run(const LoadOptions& options);
  void drain(RunResult& load);
  Examined examine(const RunResult& load);
  std::vector<ThresholdResult> judge_limits(const Measured& measured, bool sagas_are_known) const;
  Result<ExitCode> conclude(const RunResult& load, const CapacityResult* capacity);

  Invocation& invocation_;
  const LoadtestFlags& flags_;
  ProgressDisplay progress_;
  LoadOptions options_;
  Evidence evidence_;
  std::vector<Threshold> limits_;  // what the baseline sets beside the thresholds
  std::stop_token stop_;
  std::optional<OrderStatuses> statuses_;  // of the last run
  std::chrono::steady_clock::time_point load_ended_{}, drain_until_{};
};

// Shows what would be sent.
Result<ExitCode> Loadtest::rehearse() const {
  const auto samples = sample_requests(options_);
  if (!samples) return samples.error();
  Json list = Json::array();
  for (const SampleRequest& sample : *samples) {
    list.push_back({{"what", sample.what}, {"request", sample.request}});
    if (!invocation_.wants_json()) invocation_.terminal.out << "# " << sample.what << '\n' << sample.request << "\n\n";
  }
  if (invocation_.wants_json())
    invocation_.print(Json{{"requests", list}, {"database", evidence_.database}}, "requests");
  if (evidence_.foreign)
    invocation_.info("the profile's queries have their columns, and what rows there are can be read, in " +
                    evidence_.database);
  invocation_.info("nothing was sent" +
                  (options_.profile.test_data.empty() ? std::string() : "; what [[test_data]] brings is made up"));
  return ExitCode::done;
}

// Sends the load and waits for the sagas.
Result<RunResult> Loadtest::run(const LoadOptions& options) {
  std::optional<ActiveSagaPoller> sagas;
  if (options.profile.is_ours && !invocation_.settings.quiet) sagas.emplace(invocation_);
  auto load = run_load(options, stop_, [&](const Progress& now) {
    progress_.show(now, {options.targets, sagas ? sagas->active() : std::nullopt});
  });
  sagas.reset();
  progress_.end();
  if (!load) {
    if (load.error().code != ErrorCode::unavailable) return load.error();
    return with_hint(load.error(), "start a node with `sagactl serve`, or name one with --url");
  }
  load_ended_ = std::chrono::steady_clock::now();
  drain_until_ = load_ended_ + flags_.drain;
  statuses_.reset();
  if (!options.profile.is_ours && !options.profile.status.path.empty())
    statuses_.emplace(invocation_, options.profile, load->ledger);
  if (!load->interrupted) drain(*load);
  return load;
}

// Waits for what the load has begun.
void Loadtest::drain(RunResult& load) {
  const DrainScene scene{invocation_, evidence_, options_.profile, load.ledger, statuses_ ? &*statuses_ : nullptr};
  const DrainEnd end = wait_until_drained(scene, drain_until_, stop_, progress_);
  progress_.end();
  if (end.how == Drained::interrupted) load.interrupted = true;
  if (end.how == Drained::not_in_time)
    invocation_.info(fmt::format("not all had ended after {} (--drain): {}", format_duration(flags_.drain), end.left));
}

// Looks, and as long as the drain lasts looks again where what is late may change what is seen. What counts is seen in
// the last look, all in one.
Examined Loadtest::examine(const RunResult& load) {
  const bool is_last_run = statuses_ && statuses_->run() == load.ledger.run;
  // Our own nodes do not keep a request for longer than its client waits for it.
  const auto until =
      options_.profile.is_ours ? std::min(drain_until_, load_ended_ + 2 * options_.timeout) : drain_until_;
  for (Duration interval = 100ms;; interval = std::min<Duration>(interval * 2, 1s)) {
    Examined examined = examine_run(evidence_, options_.profile, load, is_last_run ? &*statuses_ : nullptr);
    const auto now = std::chrono::steady_clock::now();
    const bool gone = !examined.trouble.empty();
    if (load.interrupted || now >= until || !(gone || may_yet_change(examined, options_.profile))) return examined;
    progress_.show("drain", fmt::format("{}: looked at again, at most {} more",
                                        gone ? examined.trouble : "not all is as it should be, and may be late",
                                        format_duration(std::chrono::duration_cast<Duration>(until - now))));
    if (!pause_until(stop_, std::min(now + interval, until))) return examined;
  }
}

std::vector<ThresholdResult> Loadtest::judge_limits(const Measured& measured, bool sagas_are_known) const {
  std::vector<ThresholdResult> results;
  bool about_sagas = false;
  for (const Threshold& threshold : flags_.thresholds) {
    results.push_back(evaluate(threshold, measured));
    about_sagas = about_sagas || threshold.metric == Threshold::Metric::failed_sagas;
  }
  for (const Threshold& limit : limits_) results.push_back(evaluate(limit, measured));
  if (!about_sagas && options_.profile.is_ours && sagas_are_known)
    results.push_back(evaluate(no_saga_failed(), measured));
  return results;
}

Result<ExitCode> Loadtest::conclude(const RunResult& load, const CapacityResult* capacity) {
  // The client's ledger is kept before anything is made of it.
  const auto ledger_path = ledger_beside(invocation_, flags_.files);
  Result<void> kept;
  if (!ledger_path.empty()) kept = save_ledger(load.ledger, ledger_path.string());
  Examined found = examine(load);
  progress_.end();
  if (!found.trouble.empty()) invocation_.info("sagactl: the database could not be read: " + found.trouble);
  found.verdicts.push_back(load_was_sent(load, flags_.missing_max));
  found.verdicts.push_back(answers_were_read(load, flags_.missing_max));
  const Examination* seen = found.database ? &*found.database : nullptr;
  const auto thresholds = judge_limits(measured_by(load, seen), seen && seen->sagas.counts.started > 0);

  ResultOrigin origin = result_origin(invocation_);
  if (kept) origin.ledger_path = ledger_path.string();
  origin.database = evidence_.database;
  Json result = loadtest_json(origin, load, seen, found.verdicts, thresholds);
  result["system"] = load.ledger.system;
  if (capacity) result["capacity"] = capacity_json(*capacity);
  show_result(invocation_, result);
  if (capacity && !invocation_.wants_json())
    invocation_.terminal.out << '\n' << capacity_text(*capacity) << std::flush;
  Result<void> written = write_reports(invocation_, flags_.files, result, &load.response);
  if (!kept) {
    Error trouble = kept.error();
    if (!written) trouble.message += "; " + written.error().message;
    written = trouble;
  }
  const bool interrupted = load.interrupted || (capacity && capacity->interrupted);
  const ExitCode verdict = interrupted ? ExitCode::interrupted : exit_code_of(end_of(found.verdicts, thresholds));
  return exit_code_after_reports(invocation_, written, verdict);
}

Result<ExitCode> Loadtest::carry_out() {
  auto options = load_options(invocation_, flags_);
  if (!options) return options.error();
  options_ = std::move(*options);
  if (auto checked = check_report_files(invocation_, flags_.files); !checked) return checked.error();
  const auto urls = node_urls(invocation_.settings);
  if (!urls) return urls.error();
  auto evidence = find_evidence(invocation_, options_.profile, *urls);
  if (!evidence) return evidence.error();
  evidence_ = std::move(*evidence);
  if (flags_.dry_run) return rehearse();
  auto limits = baseline_thresholds(invocation_, flags_.baseline, to_string(options_.scenario));
  if (!limits) return limits.error();
  limits_ = std::move(*limits);
  stop_ = invocation_.interrupt.take_over();
  if (!flags_.capacity) {
    const auto load = run(options_);
    if (!load) return load.error();
    return conclude(*load, nullptr);
  }
  auto found = search_capacity(invocation_, options_, flags_.thresholds, stop_,
                               [this](const LoadOptions& step) { return run(step); });
  if (!found) return found.error();
  return conclude(found->best, &*found);
}

}  // namespace

void add_loadtest(CLI::App& root, Commands& commands) {
  const auto flags = std::make_shared<LoadtestFlags>();
  CLI::App* app =
      add_command(root, "loadtest", "Send load, wait for the sagas, and decide whether all was right", "Testing");
  add_loadtest_flags(*app, *flags);
  set_footer(
      *app,
      "Spreads over all of --url; the verdicts read --database. Ends with 0 when every verdict is PASS, 1 for a\n"
      "FAIL, 2 for UNKNOWN, 3 when a threshold is missed, 4 for a mistake, 5 when nothing answers, 130 when it was\n"
      "interrupted: what was done until then is still judged. A second Ctrl-C ends it at once.");
  commands.add(app, [flags](Invocation& invocation) { return Loadtest(invocation, *flags).carry_out(); });
}

}  // namespace sagactl
