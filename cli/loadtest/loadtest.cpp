// `sagactl loadtest`: sends load, waits for the sagas to end, and checks the results.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <ostream>

#include "analysis/agents_verdict.hpp"
#include "analysis/faults/fault_results.hpp"
#include "analysis/journey_verdict.hpp"
#include "analysis/readable.hpp"
#include "cli/client/connecting.hpp"
#include "cli/client/local_nodes.hpp"
#include "cli/client/node_client.hpp"
#include "cli/commands.hpp"
#include "cli/flag.hpp"
#include "cli/livemetrics/run_metrics.hpp"
#include "cli/loadtest/active_saga_poller.hpp"
#include "cli/loadtest/agents/agent_command.hpp"
#include "cli/loadtest/capacity.hpp"
#include "cli/loadtest/drain.hpp"
#include "cli/loadtest/evidence.hpp"
#include "cli/loadtest/faults/fault_flags.hpp"
#include "cli/loadtest/init/init_command.hpp"
#include "cli/loadtest/loadtest_flags.hpp"
#include "cli/loadtest/order_status.hpp"
#include "cli/loadtest/order_watch.hpp"
#include "cli/loadtest/progress.hpp"
#include "cli/results/baseline.hpp"
#include "cli/results/result_origin.hpp"
#include "common/text/percent.hpp"
#include "common/text/text.hpp"
#include "loadgen/profile/sample_requests.hpp"
#include "loadgen/running/scheme_check.hpp"

namespace sagactl {
namespace {

// One run of `loadtest`, from its flags to its exit code.
class Loadtest {
 public:
  Loadtest(Invocation& invocation, const LoadtestFlags& flags)
      : invocation_(invocation), flags_(flags), progress_(invocation) {}

  Result<ExitCode> execute();

 private:
  Result<ExitCode> dry_run() const;
  Result<void> check_saga_is_published() const;
  void say_what_cannot_be_checked() const;
  bool asks_for_status() const { return !options_.profile.is_ours && !options_.profile.status.path.empty(); }
  bool asks_for_list() const {
    return !options_.profile.is_ours && !options_.profile.list.path.empty() && !evidence_.foreign;
  }
  // There is no other source for the duration of sagas.
  bool needs_watch() const {
    return asks_for_status() && !evidence_.foreign && options_.profile.status.ended.empty() &&
           options_.profile.list.pointer_of("ended_at").empty();
  }
  ServerEvidence server_evidence(const RunResult& load);
  Result<RunResult> send(const LoadOptions& options, const std::stop_token& stop, const ProgressCallback& progress);
  Result<RunResult> run(const LoadOptions& options);
  void drain(RunResult& load);
  ExaminedRun examine(RunResult& load);
  std::vector<ThresholdResult> evaluate_thresholds(const Measured& measured, bool sagas_are_known) const;
  Result<ExitCode> conclude(RunResult& load, const CapacityResult* capacity);
  Result<ExitCode> find_capacity();

  Invocation& invocation_;
  const LoadtestFlags& flags_;
  std::optional<RunMetrics> metrics_;
  ProgressDisplay progress_;
  LoadOptions options_;
  std::optional<AgentsSetup> agents_;  // none: this process sends the load
  Evidence evidence_;
  std::vector<Threshold> baseline_thresholds_;  // in addition to those of --threshold
  std::stop_token stop_;
  std::optional<OrderStatuses> statuses_;  // of the last run
  std::optional<ServerQueries> list_;
  std::optional<ExaminedRun> knee_;  // of a search for the capacity: the best run so far, as it was then
  std::chrono::steady_clock::time_point load_ended_{}, drain_until_{};
};

// What a load test does before it sends the load, which may take seconds.
std::string preparation_text(const LoadOptions& options) {
  const Profile& profile = options.profile;
  std::vector<std::string> parts = {"connecting to " + count_of(options.targets.size(), "server")};
  if (options.token.empty() && profile.accounts == Profile::Accounts::registered)
    parts.push_back("opening " + count_of(options.users, "account"));
  if (!profile.test_data.empty()) parts.emplace_back("requesting test data");
  if (!profile.journey.set_up.empty()) parts.emplace_back("setting up");
  if (profile.journey.log_in.any())
    parts.push_back("logging in " + count_of(profile.users.empty() ? options.users : profile.users.size(), "user"));
  return join(parts, ", ");
}

// Prints the requests that would be sent.
Result<ExitCode> Loadtest::dry_run() const {
  const auto samples = sample_requests(options_);
  if (!samples) return samples.error();
  const auto faults = fault_plan_json(options_);
  if (!faults) return faults.error();
  Json list = Json::array();
  for (const SampleRequest& sample : *samples) {
    list.push_back({{"what", sample.what}, {"request", sample.request}});
    if (invocation_.wants_json()) continue;
    const bool has_body = !sample.request.ends_with("\r\n\r\n");
    invocation_.terminal.out << "# " << sample.what << '\n' << sample.request << (has_body ? "\n\n" : "");
  }
  if (!invocation_.wants_json()) invocation_.terminal.out << fault_plan_text(*faults);
  Json result{{"requests", list}, {"database", evidence_.database}, {"faults", *faults}};
  if (agents_) {
    auto agents = agents_seen(*agents_);
    if (!agents) return with_connecting_advice(agents.error(), "--agents");
    if (!invocation_.wants_json()) invocation_.terminal.out << agents_seen_text(*agents) << '\n';
    result["agents"] = std::move(*agents);
  }
  if (invocation_.wants_json()) invocation_.print(result, "requests");
  if (evidence_.foreign) invocation_.info("the profile's queries work on " + evidence_.database);
  invocation_.info("dry run: nothing was sent" +
                   (options_.profile.test_data.empty() ? std::string() : "; values from [[test_data]] are made up"));
  return ExitCode::done;
}

// Otherwise every request would be refused.
Result<void> Loadtest::check_saga_is_published() const {
  if (flags_.saga.empty()) return {};
  auto client = NodeClient::open(invocation_);
  if (!client) return client.error();
  const auto definition = client->get("/sagas/definitions/" + percent_encode(flags_.saga));
  if (definition) return {};
  if (definition.error().code != ErrorCode::not_found) return definition.error();
  return with_hint(Error{ErrorCode::not_found, "there is no saga definition '" + flags_.saga + "' at " + client->url()},
                   "publish it with `sagactl saga publish FILE`");
}

// Reported before the load is sent: afterwards the run would have to be repeated.
void Loadtest::say_what_cannot_be_checked() const {
  if (evidence_.why_none.empty()) return;
  const bool has_status = asks_for_status(), has_list = asks_for_list();
  invocation_.info("sagactl: " + evidence_.why_none +
                   (has_list     ? "; the verdicts will be read from the server's list of orders instead"
                    : has_status ? "; the verdicts will be read from each order's status instead"
                                 : "; without it the verdicts about the data will be UNKNOWN"));
}

Result<RunResult> Loadtest::send(const LoadOptions& options, const std::stop_token& stop,
                                 const ProgressCallback& progress) {
  if (agents_) return run_load_on_agents(options, *agents_, stop, progress);
  return run_load(options, stop, progress);
}

// Sends the load and waits for the sagas to end.
Result<RunResult> Loadtest::run(const LoadOptions& options) {
  std::optional<ActiveSagaPoller> sagas;
  if (options.profile.is_ours && !invocation_.settings.quiet) sagas.emplace(invocation_);
  LoadOptions watched_options = options;
  std::optional<OrderWatch> watch;
  if (needs_watch()) {
    watched_options.sample = std::make_shared<AcceptedSample>();
    watch.emplace(invocation_, options_.profile, *watched_options.sample);
  }
  metrics_->begin_run();
  progress_.show("prepare", preparation_text(options));
  SchemeCheck scheme(options, stop_);
  auto load = send(watched_options, scheme.stop(), [&](const LoadProgress& now) {
    metrics_->update(now);
    progress_.show(now, {options.targets, sagas ? sagas->active() : std::nullopt});
    scheme.look(now);
  });
  metrics_->end_run();
  sagas.reset();
  auto watched = watch ? watch->stop() : std::map<std::string, WatchedOrder>();
  progress_.end();
  if (load) scheme.look(*load);
  if (load && scheme.wrong_scheme()) load = *scheme.wrong_scheme();
  if (!load) {
    const bool is_of_agent = load.error().message.starts_with("agent ");
    if (is_of_agent) return with_connecting_advice(load.error(), "--agents");
    if (load.error().code != ErrorCode::unavailable) return load.error();
    return with_connecting_advice(with_hint(
        load.error(), options.profile.is_ours ? advice_when_no_node_answers(invocation_.settings)
                                              : "check that the server of the profile '" + options.profile.name +
                                                    "' is running at the address in --url"));
  }
  load_ended_ = std::chrono::steady_clock::now();
  drain_until_ = load_ended_ + flags_.drain;
  statuses_.reset();
  if (asks_for_status())
    statuses_.emplace(invocation_, options_.profile, load->ledger, std::move(watched), load->user_headers);
  if (asks_for_list()) {
    list_.emplace(invocation_, options_.profile);
    list_->set_users(load->user_headers);
  }
  if (!load->interrupted)
    drain(*load);
  else if (statuses_ && !evidence_.foreign)
    statuses_->poll();  // what there is to see at once
  return load;
}

ServerEvidence Loadtest::server_evidence(const RunResult& load) {
  const bool is_last_run = statuses_ && statuses_->run() == load.ledger.run;
  return {is_last_run ? &*statuses_ : nullptr, list_ && list_->any() ? &*list_ : nullptr};
}

// Waits until everything that the load started has ended.
void Loadtest::drain(RunResult& load) {
  const DrainContext context{invocation_, evidence_, options_.profile, load.ledger, server_evidence(load)};
  const DrainEnd end = wait_until_drained(context, drain_until_, stop_, progress_);
  progress_.end();
  if (end.result == Drained::interrupted) load.interrupted = true;
  if (end.result == Drained::not_in_time)
    invocation_.info(
        fmt::format("not everything ended within {} (--drain): {}", format_duration(flags_.drain), end.remaining));
}

// Examines the run, and repeats it until the end of the drain while a late write may still change the result. The last
// examination counts, as a whole. An interruption ends it: the next one judges an interrupted run.
ExaminedRun Loadtest::examine(RunResult& load) {
  // Nodes of built-in systems do not process a request for longer than its client waits for the answer.
  const auto until =
      options_.profile.is_ours ? std::min(drain_until_, load_ended_ + 2 * options_.timeout) : drain_until_;
  for (Duration interval = 100ms;; interval = std::min<Duration>(interval * 2, 1s)) {
    ExaminedRun examined = examine_run(evidence_, options_.profile, load, server_evidence(load));
    const auto now = std::chrono::steady_clock::now();
    const bool unreadable = !examined.error.empty();
    if (load.interrupted && !options_.profile.is_ours) leave_undecided_what_may_change(examined);
    if (load.interrupted || now >= until || !(unreadable || may_yet_change(examined, options_.profile)))
      return examined;
    progress_.show("drain", fmt::format("{}; checking again, for at most {} more",
                                        unreadable ? examined.error : "some checks fail, rows may be written late",
                                        format_duration(std::chrono::duration_cast<Duration>(until - now))));
    if (!pause_until(stop_, std::min(now + interval, until))) load.interrupted = true;
  }
}

std::vector<ThresholdResult> Loadtest::evaluate_thresholds(const Measured& measured, bool sagas_are_known) const {
  std::vector<ThresholdResult> results;
  bool has_saga_threshold = false;
  for (const Threshold& threshold : flags_.thresholds) {
    results.push_back(evaluate(threshold, measured));
    has_saga_threshold = has_saga_threshold || threshold.metric == Threshold::Metric::failed_sagas;
  }
  for (const Threshold& threshold : baseline_thresholds_) results.push_back(evaluate(threshold, measured));
  if (!has_saga_threshold && options_.profile.is_ours && sagas_are_known)
    results.push_back(evaluate(no_saga_failed(), measured));
  return results;
}

Result<ExitCode> Loadtest::conclude(RunResult& load, const CapacityResult* capacity) {
  // The client's ledger is saved first, so that it survives an error in what follows.
  const auto ledger_path = ledger_beside(invocation_, flags_.files);
  Result<void> saved;
  if (!ledger_path.empty()) saved = save_ledger(load.ledger, ledger_path.string());
  const auto requests_written = write_requests(invocation_, flags_.files, load.ledger);
  ExaminedRun found = knee_ ? std::move(*knee_) : examine(load);
  progress_.end();
  if (!found.error.empty()) invocation_.info("sagactl: the database could not be read: " + found.error);
  found.verdicts.push_back(load_was_sent(load, flags_.missing_max));
  found.verdicts.push_back(answers_were_read(load, flags_.missing_max, options_.profile.answer.names_orders()));
  if (auto agents = every_agent_finished(load)) found.verdicts.push_back(std::move(*agents));
  if (auto journeys = journeys_go_as_described(load, flags_.missing_max))
    found.verdicts.push_back(std::move(*journeys));
  if (auto faults = faults_were_done(load.ledger)) found.verdicts.push_back(std::move(*faults));
  name_faults(found.verdicts, load.ledger);
  if (!load.tear_down_error.empty()) invocation_.info("sagactl: " + load.tear_down_error);
  if (load.generator.tls.insecure) found.verdicts.push_back(servers_were_verified());
  const Examination* examination = found.examination ? &*found.examination : nullptr;
  const auto thresholds =
      evaluate_thresholds(measured_by(load, examination), examination && examination->sagas.counts.started > 0);

  ResultOrigin origin = result_origin(invocation_);
  if (saved) origin.ledger_path = ledger_path.string();
  origin.database = evidence_.database;
  origin.tags = flags_.tags;
  Json result = loadtest_json(origin, load, examination, found.verdicts, thresholds);
  result["system"] = load.ledger.system;
  if (capacity) result["capacity"] = capacity_json(*capacity);
  const bool interrupted = load.interrupted || (capacity && capacity->interrupted);
  if (interrupted) result["exitCode"] = static_cast<int>(ExitCode::interrupted);
  metrics_->end();
  show_result(invocation_, result);
  if (capacity && !invocation_.wants_json())
    invocation_.terminal.out << '\n' << capacity_text(*capacity, invocation_.terminal.table_width()) << std::flush;
  Result<void> written = write_reports(invocation_, flags_.files, result, &load.response);
  if (written) written = requests_written;
  if (const auto annotated = annotate_github_job(invocation_, result); !annotated && written)
    written = annotated.error();
  if (flags_.files.publish)
    if (const auto published = publish_result(invocation_, result); !published && written) written = published.error();
  metrics_->wait_for_reader(stop_);
  if (!saved) {
    Error error = saved.error();
    if (!written) error.message += "; " + written.error().message;
    written = error;
  }
  const ExitCode verdict = interrupted ? ExitCode::interrupted : exit_code_of(end_of(found.verdicts, thresholds));
  return exit_code_after_reports(invocation_, written, verdict);
}

Result<ExitCode> Loadtest::execute() {
  if (flags_.profile_file.empty()) use_all_local_nodes(invocation_);
  auto options = load_options(invocation_, flags_);
  if (!options) return options.error();
  options_ = std::move(*options);
  if (!flags_.capacity)  // which sets the rate
    if (auto checked = check(options_); !checked) return checked.error();
  if (flags_.files.publish && !options_.profile.is_ours)
    return Error{
        ErrorCode::invalid,
        "--publish: the server of a profile has no dashboard that keeps results; --report and --save write files"};
  if (auto checked = check_report_files(invocation_, flags_.files); !checked) return checked.error();
  const auto urls = node_urls(invocation_.settings);
  if (!urls) return urls.error();
  auto evidence = find_evidence(invocation_, options_.profile, *urls, flags_.table_databases);
  if (!evidence) return evidence.error();
  evidence_ = std::move(*evidence);
  if (flags_.agents.any()) {
    auto agents = agents_setup(invocation_, flags_.agents);
    if (!agents) return with_connecting_advice(agents.error(), "--agents");
    agents_ = std::move(*agents);
  }
  if (flags_.dry_run) return dry_run();
  auto thresholds = baseline_thresholds(invocation_, flags_.baseline, to_string(options_.scenario));
  if (!thresholds) return thresholds.error();
  baseline_thresholds_ = std::move(*thresholds);
  if (auto published = check_saga_is_published(); !published) return published.error();
  metrics_.emplace(invocation_, flags_.tags, std::string(to_string(options_.scenario)));
  if (auto opened = metrics_->open(flags_.metrics_listen, flags_.metrics_targets); !opened) return opened.error();
  say_what_cannot_be_checked();
  stop_ = invocation_.interrupt.take_over();
  if (!flags_.capacity) {
    auto load = run(options_);
    if (!load) return load.error();
    return conclude(*load, nullptr);
  }
  return find_capacity();
}

// Each run takes from the stock that the one before has left, so that the stock is read before each, and the best run
// is judged before the next one.
Result<ExitCode> Loadtest::find_capacity() {
  const auto run_from_here = [this](const LoadOptions& step) {
    read_stock_before(evidence_, options_.profile);
    return run(step);
  };
  const auto judge = [this](RunResult& load) {
    knee_ = examine(load);
    progress_.end();
  };
  auto found = search_capacity(invocation_, options_, flags_.thresholds, stop_, run_from_here, judge);
  if (!found) return found.error();
  return conclude(found->best, &*found);
}

}  // namespace

void add_loadtest(CLI::App& root, Commands& commands) {
  const auto flags = std::make_shared<LoadtestFlags>();
  CLI::App* app = add_command(
      root, "loadtest", "Send load, wait for the sagas to end, and check the results in the database", testing_group);
  add_loadtest_flags(*app, commands, *flags);
  set_footer(
      *app,
      "The load is spread over the nodes of --url; without it, over all nodes on this machine that the local node "
      "lists.\n"
      "The verdicts are read from --database.\n"
      "Exit codes: 0 every verdict is PASS, 1 a FAIL, 2 UNKNOWN, 3 a threshold is missed, 4 usage error, 5 connection\n"
      "failed, 6 a file could not be written, 130 interrupted. Ctrl-C stops the load and checks what was sent; a "
      "second\n"
      "Ctrl-C exits at once.");
  set_examples(
      *app,
      {"sagactl loadtest mixed", "sagactl loadtest individual --rate 200/s --duration 30s --threshold 'p99<50ms'",
       "sagactl loadtest individual --stages 'ramp 0..500/s 30s, 500/s 2m' --report report.html",
       "sagactl loadtest individual --capacity --threshold 'p99<50ms'",
       "sagactl loadtest mixed --rate 5000/s --agents https://load-1,https://load-2 --agents-token-file agents.token",
       "sagactl loadtest mixed --saga trip --input trip.json --fail-share 0.1 --fail-input declined.json"});
  add_loadtest_init(*app, commands);
  add_loadtest_agent(*app, commands);
  commands.add(app, [flags](Invocation& invocation) { return Loadtest(invocation, *flags).execute(); });
}

}  // namespace sagactl
