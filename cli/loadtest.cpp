#include "cli/loadtest.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "cli/baseline.hpp"
#include "cli/commands.hpp"
#include "cli/database.hpp"
#include "cli/drain.hpp"
#include "cli/flag.hpp"
#include "cli/node_client.hpp"
#include "cli/origin.hpp"
#include "cli/progress.hpp"
#include "cli/report_files.hpp"
#include "loadgen/run.hpp"

namespace sagactl {
namespace {

struct LoadtestFlags {
  LoadOptions load;
  Duration drain = 60s;
  std::vector<Threshold> thresholds;
  ReportFiles files;
  Baseline baseline;
};

// Where the verdicts are read: the database that was named, or that of the node on this machine. Null with `why`
// where there is none.
struct Evidence {
  std::unique_ptr<HistorySource> source;
  std::string database;
  std::string why;
};

Result<Evidence> find_evidence(const Invocation& invocation, const std::vector<Url>& urls) {
  const auto database = find_database(invocation);
  if (!database) return database.error();
  Evidence evidence;
  const bool local = std::all_of(urls.begin(), urls.end(), is_local);
  std::error_code ignored;
  if (database->is_default && (!local || !std::filesystem::exists(database->name, ignored))) {
    evidence.why =
        "no database could be read: " + database->shown + " is " +
        (local ? "not there; name the nodes' data directory with --data or their file with --database"
               : "not that of " + urls.front().text() + "; name theirs with --database");
    return evidence;
  }
  auto source = open_history(*database);
  if (!source) return source.error();
  evidence.source = std::move(*source);
  evidence.database = database->shown;
  return evidence;
}

// The client's ledger is kept before anything is made of it.
Result<std::string> keep_ledger(const Invocation& invocation, const LoadtestFlags& flags,
                                const Ledger& ledger) {
  if (flags.files.json.empty()) return std::string();
  auto path = invocation.environment.resolve(flags.files.json);
  path.replace_extension(".ledger.jsonl");
  if (auto saved = save_ledger(ledger, path.string()); !saved) return saved.error();
  return path.string();
}

struct Findings {
  std::optional<Examination> database;
  std::vector<Verdict> verdicts;
};

Result<Findings> examine_run(const Evidence& evidence, const RunResult& load) {
  Findings findings;
  if (!evidence.source) {
    findings.verdicts = verdicts_without_database(evidence.why);
    return findings;
  }
  auto history = evidence.source->snapshot();
  if (!history) return history.error();
  ExamineOptions options;
  options.check.drained = true;
  options.run = load.ledger.run;
  options.ledger = &load.ledger;
  auto found = examine(**history, options);
  if (!found) return found.error();
  findings.verdicts = found->verdicts;
  findings.database = std::move(*found);
  return findings;
}

// `limits`: what the baseline sets beside the thresholds.
Result<ExitCode> conclude(Invocation& invocation, const LoadtestFlags& flags, const Evidence& evidence,
                          const RunResult& load, const std::vector<Threshold>& limits) {
  const auto ledger = keep_ledger(invocation, flags, load.ledger);
  if (!ledger) return ledger.error();
  const auto findings = examine_run(evidence, load);
  if (!findings) return findings.error();
  const Examination* database = findings->database ? &*findings->database : nullptr;
  const Measured measured = measured_by(load, database);
  std::vector<ThresholdResult> thresholds;
  for (const Threshold& threshold : flags.thresholds) thresholds.push_back(evaluate(threshold, measured));
  for (const Threshold& limit : limits) thresholds.push_back(evaluate(limit, measured));

  ResultOrigin origin = origin_of(invocation);
  origin.ledger_path = *ledger;
  origin.database = evidence.database;
  const Json result = loadtest_json(origin, load, database, findings->verdicts, thresholds);
  show_result(invocation, result);
  if (auto written = write_reports(invocation, flags.files, result, &load.response); !written)
    return written.error();
  if (load.interrupted) return ExitCode::interrupted;
  return exit_code_of(end_of(findings->verdicts, thresholds));
}

Result<ExitCode> run_loadtest(Invocation& invocation, const LoadtestFlags& flags) {
  const auto urls = node_urls(invocation.settings);
  if (!urls) return urls.error();
  auto evidence = find_evidence(invocation, *urls);
  if (!evidence) return evidence.error();
  const auto limits = limits_of(invocation, flags.baseline, to_string(flags.load.scenario));
  if (!limits) return limits.error();
  LoadOptions options = flags.load;
  options.token = invocation.settings.token;
  options.timeout = invocation.settings.timeout;
  for (const Url& url : *urls) options.targets.push_back(url.text());

  const std::stop_token stop = invocation.interrupt.take();
  ProgressLine progress(invocation);
  auto load = run_load(options, stop, [&](const Progress& now) { progress.show(now); });
  progress.end();
  if (!load) {
    if (load.error().code != ErrorCode::unavailable) return load.error();
    return with_hint(load.error(), "start a node with `sagactl serve`, or name one with --url");
  }
  if (!load->interrupted) {
    const Drained drained =
        wait_until_drained(invocation, evidence->source.get(), load->ledger, flags.drain, stop, progress);
    progress.end();
    if (drained == Drained::interrupted) load->interrupted = true;
    if (drained == Drained::not_in_time)
      invocation.say("sagas had not ended after " + format_duration(flags.drain) + " (--drain)");
  }
  return conclude(invocation, flags, *evidence, *load, *limits);
}

void add_what_to_send(CLI::App& app, LoadOptions& load) {
  add_number(app, "--orders", load.orders, 1, 100'000'000, "How many requests [the scenario's own number]");
  add_duration(app, "--duration", load.duration, "For how long instead");
  add_rate(app, "--rate", load.rate, "Open loop: so many requests per time, whatever the answers");
  add_number(app, "--concurrency", load.concurrency, 1, 100'000,
             "Closed loop: so many requests in flight [16]");
  add_number(app, "--products", load.products, 1, 1'000'000'000,
             "duplicate, mixed: distinct products, used in turn");
  add_number(app, "--duplicates", load.duplicates, 2, 1000, "Concurrent orders of one product [5]");
  add_share(app, "--fail-share", load.fail_share, "Share of orders whose payment fails [0]");
  add_number(app, "--items", load.items, 1, 100, "Items per order [1]");
  add_number(app, "--users", load.users, 1, 60'000, "Accounts, made when they are not there [4]");
  add_number(app, "--seed", load.seed, 0, std::numeric_limits<std::int64_t>::max(),
             "Decides all that is random [1]");
  app.add_option("--run", load.run, "Name of the run, in every product id [a fresh one]")->type_name("ID");
}

void add_how_to_send(CLI::App& app, LoadOptions& load) {
  add_duration(app, "--warmup", load.warmup, "The same load for so long first, not measured [0s]");
  const auto arrival = [&load](const std::string& text) -> Result<void> {
    const auto kind = parse_arrival(text);
    if (!kind) return Error{ErrorCode::invalid, "'" + text + "' is none of constant, poisson, ramp, steps"};
    load.arrival = *kind;
    return {};
  };
  add_flag_with(app, "--arrival", arrival, "constant|poisson|ramp|steps",
                "How an open loop's requests come [constant]");
  const auto from = [&load](const std::string& text) -> Result<void> {
    const auto rate = parse_rate(text);
    if (!rate) return rate.error();
    load.rate_from = *rate;
    return {};
  };
  add_flag_with(app, "--rate-from", from, "RATE", "Where a ramp or steps begin");
  add_number(app, "--rate-steps", load.rate_steps, 1, 1000, "How many steps [5]");
  const auto pacing = [&load](const std::string& text) -> Result<void> {
    const auto kind = parse_pacing(text);
    if (!kind) return Error{ErrorCode::invalid, "'" + text + "' is none of auto, spin, sleep"};
    load.pacing = *kind;
    return {};
  };
  add_flag_with(app, "--pacing", pacing, "auto|spin|sleep", "How the next send is waited for [auto]");
  add_number(app, "--workers", load.workers, 0, 1024, "Threads [by the machine]");
  add_number(app, "--connections", load.connections, 0, 60'000, "Connections over all nodes [by the load]");
}

void add_what_is_wanted(CLI::App& app, LoadtestFlags& flags) {
  add_duration(app, "--drain", flags.drain, "Wait so long for all sagas to end [60s]");
  const auto threshold = [&flags](const std::string& text) -> Result<void> {
    auto parsed = parse_threshold(text);
    if (!parsed) return parsed.error();
    flags.thresholds.push_back(std::move(*parsed));
    return {};
  };
  add_flag_with(app, "--threshold", threshold, "LIMIT",
                "Such as p99<50ms, errors<1%, throughput>500/s; may be repeated")
      ->expected(1, 100)
      ->allow_extra_args(false);
  add_baseline_flags(app, flags.baseline);
  add_load_report_flags(app, flags.files);
}

}  // namespace

void add_loadtest(CLI::App& root, Commands& commands) {
  const auto flags = std::make_shared<LoadtestFlags>();
  CLI::App* app =
      root.add_subcommand("loadtest", "Send load, wait for the sagas, and decide whether all was right")
          ->group("Testing");
  const auto scenario = [flags](const std::string& text) -> Result<void> {
    const auto kind = parse_scenario(text);
    if (!kind)
      return Error{ErrorCode::invalid, "'" + text + "' is none of duplicate, individual, mixed, all"};
    flags->load.scenario = *kind;
    return {};
  };
  add_flag_with(*app, "scenario", scenario, "duplicate|individual|mixed|all", "What is sent")->required();
  add_what_to_send(*app, flags->load);
  add_how_to_send(*app, flags->load);
  add_what_is_wanted(*app, *flags);
  app->footer(
      "Spreads over all of --url. Ends with 0 when every verdict is PASS, 1 for a FAIL, 2 for UNKNOWN, 3 "
      "when a\n"
      "threshold is missed, 130 when interrupted: what was done until then is still judged.");
  commands.add(app, [flags](Invocation& invocation) { return run_loadtest(invocation, *flags); });
}

}  // namespace sagactl
