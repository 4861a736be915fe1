// `sagactl analyze`: reports on what a database holds (nodes, groups, times, verdicts), and compares saved results.
#include <memory>
#include <ostream>

#include "analysis/report/report.hpp"
#include "analysis/result/comparison.hpp"
#include "analysis/result/result.hpp"
#include "cli/commands.hpp"
#include "cli/dependencies/database.hpp"
#include "cli/flag.hpp"
#include "cli/results/report_files.hpp"
#include "cli/results/result_origin.hpp"

namespace sagactl {
namespace {

struct AnalyzeFlags {
  std::string since, until;
  std::string run;
  std::vector<std::string> compare, with;
  bool schema = false;
  ReportFiles files;
};

Result<std::vector<Json>> load_results(const Invocation& invocation, const std::vector<std::string>& files) {
  std::vector<Json> results;
  for (const std::string& file : files) {
    auto result = load_result(invocation.environment.resolve(file).string());
    if (!result) return result.error();
    results.push_back(std::move(*result));
  }
  return results;
}

// Without --with, the first file is compared with all others.
Result<ExitCode> compare(Invocation& invocation, std::vector<std::string> before, std::vector<std::string> after) {
  if (after.empty()) {
    after.assign(before.begin() + 1, before.end());
    before.resize(1);
  }
  if (after.empty())
    return Error{ErrorCode::invalid,
                 "--compare needs a second result: --compare A.json B.json, or --compare A*.json --with B*.json"};
  const auto results_before = load_results(invocation, before);
  if (!results_before) return results_before.error();
  const auto results_after = load_results(invocation, after);
  if (!results_after) return results_after.error();
  const auto comparison = compare_runs(*results_before, *results_after);
  if (!comparison) return comparison.error();
  if (invocation.wants_json())
    invocation.print(to_json(*comparison));
  else
    invocation.terminal.out << compare_text(*comparison, {.colours = invocation.terminal.colour}) << std::flush;
  return ExitCode::done;
}

Result<ExitCode> run_analyze(Invocation& invocation, const AnalyzeFlags& flags) {
  if (flags.schema) {
    invocation.terminal.out << loadtest_schema() << std::flush;
    return ExitCode::done;
  }
  if (!flags.compare.empty()) return compare(invocation, flags.compare, flags.with);
  if (auto checked = check_report_files(invocation, flags.files); !checked) return checked.error();
  const auto database = open_snapshot(invocation);
  if (!database) return database.error();
  const auto since = parse_when("--since", flags.since, database->history->taken_at());
  if (!since) return since.error();
  const auto until = parse_when("--until", flags.until, database->history->taken_at());
  if (!until) return until.error();

  ExamineOptions options;
  options.filter = {*since, *until};
  options.run = flags.run;
  options.check.scratch.directory = invocation.environment.scratch_directory();
  auto found = examine(*database->history, options);
  if (!found) return found.error();
  if (!flags.run.empty() && found->sagas.counts.started == 0) {
    const std::string none = "no order is of the run '" + flags.run + "' (--run)";
    invocation.info("sagactl: " + none + ": " + database->shown +
                    " holds none, or none between --since and --until; the verdicts are about all its orders");
    for (Verdict& verdict : found->verdicts)
      if (verdict.name == "not-vacuous") verdict = undecided(verdict.name, none);
  }
  ResultOrigin origin = result_origin(invocation);
  origin.database = database->shown;
  const Json result = analysis_json(origin, *found, options);
  show_result(invocation, result);
  return exit_code_after_reports(invocation, write_reports(invocation, flags.files, result),
                                 exit_code_of(end_of(found->verdicts)));
}

}  // namespace

void add_analyze(CLI::App& root, Commands& commands) {
  const auto flags = std::make_shared<AnalyzeFlags>();
  CLI::App* app =
      add_command(root, "analyze", "Report on the database, or compare saved results of load tests", testing_group);
  add_text(*app, "--since", flags->since, "TIME|DURATION",
           "Only orders created at or after this time, or in the last DURATION");
  add_text(*app, "--until", flags->until, "TIME|DURATION",
           "Only orders created before this time, or more than DURATION ago");
  add_text(*app, "--run", flags->run, "ID", "Only orders of this load test run");
  const Flag compare = add_text(*app, "--compare", flags->compare, "FILE.json ...",
                                "Compare saved results of load tests, before and after a change")
                           .takes(1, 1 + static_cast<int>(runs_compared_max));
  add_text(*app, "--with", flags->with, "FILE.json ...",
           "Results after the change, when --compare has several results from before it")
      .takes(1, static_cast<int>(runs_compared_max))
      .only_with(compare);
  add_switch(*app, "--schema", flags->schema, "Print the JSON schema of `loadtest --save` and `loadtest -o json`");
  add_report_flags(*app, flags->files);
  set_examples(*app, {"sagactl analyze --since 10m --report report.html"});
  commands.add(app, [flags](Invocation& invocation) { return run_analyze(invocation, *flags); });
}

}  // namespace sagactl
