#include "cli/loadtest.hpp"

#include <memory>
#include <ostream>

#include "cli/baseline.hpp"
#include "cli/capacity.hpp"
#include "cli/commands.hpp"
#include "cli/drain.hpp"
#include "cli/evidence.hpp"
#include "cli/flag.hpp"
#include "cli/loadtest_flags.hpp"
#include "cli/node_client.hpp"
#include "cli/origin.hpp"
#include "cli/progress.hpp"
#include "cli/saga_watch.hpp"
#include "loadgen/sample_requests.hpp"

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
  Result<std::string> keep_ledger(const Ledger& ledger) const;
  Result<ExitCode> conclude(const RunResult& load, const CapacityFound* capacity);

  Invocation& invocation_;
  const LoadtestFlags& flags_;
  ProgressLine progress_;
  LoadOptions options_;
  Evidence evidence_;
  std::vector<Threshold> limits_;  // what the baseline sets beside the thresholds
  std::stop_token stop_;
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
  if (evidence_.foreign) invocation_.say("the profile's queries have their columns in " + evidence_.database);
  invocation_.say("nothing was sent" +
                  (options_.profile.test_data.empty() ? std::string() : "; what [[test_data]] brings is made up"));
  return ExitCode::done;
}

// Sends the load and waits for the sagas.
Result<RunResult> Loadtest::run(const LoadOptions& options) {
  std::optional<SagaWatch> sagas;
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
  if (load->interrupted) return load;
  const Drained drained = wait_until_drained(invocation_, evidence_, options.profile, load->ledger,
                                             flags_.drain, stop_, progress_);
  progress_.end();
  if (drained == Drained::interrupted) load->interrupted = true;
  if (drained == Drained::not_in_time)
    invocation_.say("sagas had not ended after " + format_duration(flags_.drain) + " (--drain)");
  return load;
}

// The client's ledger is kept before anything is made of it.
Result<std::string> Loadtest::keep_ledger(const Ledger& ledger) const {
  if (flags_.files.json.empty()) return std::string();
  auto path = invocation_.environment.resolve(flags_.files.json);
  path.replace_extension(".ledger.jsonl");
  if (auto saved = save_ledger(ledger, path.string()); !saved) return saved.error();
  return path.string();
}

Result<ExitCode> Loadtest::conclude(const RunResult& load, const CapacityFound* capacity) {
  const auto ledger = keep_ledger(load.ledger);
  if (!ledger) return ledger.error();
  const auto findings = examine_run(evidence_, options_.profile, load);
  if (!findings) return findings.error();
  const Examination* database = findings->database ? &*findings->database : nullptr;
  const Measured measured = measured_by(load, database);
  std::vector<ThresholdResult> thresholds;
  for (const Threshold& threshold : flags_.thresholds) thresholds.push_back(evaluate(threshold, measured));
  for (const Threshold& limit : limits_) thresholds.push_back(evaluate(limit, measured));

  ResultOrigin origin = origin_of(invocation_);
  origin.ledger_path = *ledger;
  origin.database = evidence_.database;
  Json result = loadtest_json(origin, load, database, findings->verdicts, thresholds);
  result["system"] = load.ledger.system;
  if (capacity) result["capacity"] = capacity_json(*capacity);
  show_result(invocation_, result);
  if (capacity && !invocation_.wants_json())
    invocation_.terminal.out << '\n' << capacity_text(*capacity) << std::flush;
  if (auto written = write_reports(invocation_, flags_.files, result, &load.response); !written)
    return written.error();
  if (load.interrupted || (capacity && capacity->interrupted)) return ExitCode::interrupted;
  return exit_code_of(end_of(findings->verdicts, thresholds));
}

Result<ExitCode> Loadtest::carry_out() {
  auto options = load_options(invocation_, flags_);
  if (!options) return options.error();
  options_ = std::move(*options);
  const auto urls = node_urls(invocation_.settings);
  if (!urls) return urls.error();
  auto evidence = find_evidence(invocation_, options_.profile, *urls);
  if (!evidence) return evidence.error();
  evidence_ = std::move(*evidence);
  if (flags_.dry_run) return rehearse();
  auto limits = limits_of(invocation_, flags_.baseline, to_string(options_.scenario));
  if (!limits) return limits.error();
  limits_ = std::move(*limits);
  stop_ = invocation_.interrupt.take();
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
