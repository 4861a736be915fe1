// `sagactl verify`: checks all invariants over the database, in one snapshot.
#include <memory>

#include "analysis/result/result.hpp"
#include "analysis/verify.hpp"
#include "cli/commands.hpp"
#include "cli/dependencies/database.hpp"
#include "cli/flag.hpp"
#include "cli/results/report_files.hpp"
#include "cli/results/result_origin.hpp"

namespace sagactl {
namespace {

struct VerifyFlags {
  CheckOptions check;
  ReportFiles files;
};

Result<ExitCode> run_verify(Invocation& invocation, const VerifyFlags& flags) {
  if (auto checked = check_report_files(invocation, flags.files); !checked) return checked.error();
  const auto database = open_snapshot(invocation);
  if (!database) return database.error();
  CheckOptions options = flags.check;
  options.scratch.directory = invocation.environment.scratch_directory();
  const auto verdicts = verify(*database->history, options);
  if (!verdicts) return verdicts.error();

  ResultOrigin origin = result_origin(invocation);
  origin.database = database->shown;
  const Json result = verify_json(origin, *verdicts, database->history->taken_at());
  show_result(invocation, result);
  return exit_code_after_reports(invocation, write_reports(invocation, flags.files, result),
                                 exit_code_of(end_of(*verdicts)));
}

}  // namespace

void add_verify(CLI::App& root, Commands& commands) {
  const auto flags = std::make_shared<VerifyFlags>();
  CLI::App* app =
      add_command(root, "verify", "Check all invariants against one snapshot of the database", testing_group);
  add_switch(*app, "--drained", flags->check.drained,
             "FAIL if any saga has not ended; use it only when no load is running");
  add_duration(*app, "--stuck-after", flags->check.stuck_after, "A saga without progress for DURATION is stuck [60s]");
  add_report_flags(*app, flags->files);
  set_footer(*app, "Exit codes: 0 PASS, 1 FAIL, 2 UNKNOWN.");
  set_examples(*app, {"sagactl verify", "sagactl verify --drained --junit verify.xml"});
  commands.add(app, [flags](Invocation& invocation) { return run_verify(invocation, *flags); });
}

}  // namespace sagactl
