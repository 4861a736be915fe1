#include "cli/analyze.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "analysis/report.hpp"
#include "analysis/result.hpp"
#include "cli/commands.hpp"
#include "cli/database.hpp"
#include "cli/flag.hpp"
#include "cli/origin.hpp"
#include "cli/report_files.hpp"

namespace sagactl {
namespace {

struct AnalyzeFlags {
  std::string since, until;
  std::string run;
  std::vector<std::string> compare;
  ReportFiles files;
};

// A time, or how long before `now`.
Result<std::optional<Timestamp>> parse_when(const char* flag, const std::string& text, Timestamp now) {
  if (text.empty()) return std::optional<Timestamp>();
  if (const auto time = parse_iso8601(text)) return std::optional(*time);
  if (const auto ago = parse_duration(text)) return std::optional(now - *ago);
  return Error{ErrorCode::invalid,
               std::string(flag) + ": '" + text +
                   "' is neither a time such as 2026-11-20T13:04:07Z nor a duration ago such as 10m"};
}

Result<ExitCode> compare(Invocation& invocation, const std::vector<std::string>& files) {
  const auto before = load_result(invocation.environment.resolve(files[0]).string());
  if (!before) return before.error();
  const auto after = load_result(invocation.environment.resolve(files[1]).string());
  if (!after) return after.error();
  if (invocation.wants_json()) {
    invocation.print(Json{{"before", *before}, {"after", *after}});
    return ExitCode::done;
  }
  const auto text = compare_text(*before, *after, {.colours = invocation.terminal.colour});
  if (!text) return text.error();
  invocation.terminal.out << *text << std::flush;
  return ExitCode::done;
}

Result<ExitCode> run_analyze(Invocation& invocation, const AnalyzeFlags& flags) {
  if (!flags.compare.empty()) return compare(invocation, flags.compare);
  const auto database = find_database(invocation);
  if (!database) return database.error();
  const auto source = open_history(*database);
  if (!source) return source.error();
  auto history = (*source)->snapshot();
  if (!history) return history.error();
  const auto since = parse_when("--since", flags.since, (*history)->taken_at());
  if (!since) return since.error();
  const auto until = parse_when("--until", flags.until, (*history)->taken_at());
  if (!until) return until.error();

  ExamineOptions options;
  options.filter = {*since, *until};
  options.run = flags.run;
  const auto found = examine(**history, options);
  if (!found) return found.error();
  ResultOrigin origin = origin_of(invocation);
  origin.database = database->shown;
  const Json result = analysis_json(origin, *found, options);
  show_result(invocation, result);
  if (auto written = write_reports(invocation, flags.files, result); !written) return written.error();
  return exit_code_of(end_of(found->verdicts));
}

}  // namespace

void add_analyze(CLI::App& root, Commands& commands) {
  const auto flags = std::make_shared<AnalyzeFlags>();
  CLI::App* app =
      root.add_subcommand("analyze", "Show what the database holds: nodes, groups, times, verdicts")
          ->group("Testing");
  app->add_option("--since", flags->since, "Orders from then on")->type_name("TIME|DURATION");
  app->add_option("--until", flags->until, "Orders before then")->type_name("TIME|DURATION");
  app->add_option("--run", flags->run, "Orders of this load test")->type_name("ID");
  app->add_option("--compare", flags->compare, "Two saved results instead, side by side")
      ->expected(2)
      ->type_name("FILE.json FILE.json");
  add_report_flags(*app, flags->files);
  commands.add(app, [flags](Invocation& invocation) { return run_analyze(invocation, *flags); });
}

}  // namespace sagactl
