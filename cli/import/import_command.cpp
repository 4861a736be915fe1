// `sagactl import`: brings users, orders, sagas, payments and events of another system's database here.
#include "cli/import/import_command.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "analysis/readable.hpp"
#include "cli/configuration/paths.hpp"
#include "cli/dependencies/database.hpp"
#include "cli/flag.hpp"
#include "cli/import/import_report.hpp"
#include "cli/loadtest/progress.hpp"
#include "server/adapters/system/system_clock.hpp"
#include "server/node/database.hpp"

namespace sagactl {
namespace {

struct ImportFlags {
  NestjsSourceOptions source;
  bool dry_run = false, stopped = false;
};

// The database to write to, created where there is none.
Result<std::unique_ptr<DatabasePorts>> open_target(const DatabaseName& database, Clock& clock) {
  if (database.is_default) {
    std::error_code failed;
    std::filesystem::create_directories(std::filesystem::path(database.name).parent_path(), failed);
    if (failed)
      return Error{ErrorCode::unavailable,
                   fmt::format("cannot create the directory of {}: {}", database.name, failed.message())};
  }
  NodeOptions options;
  options.database = database.name;
  auto opened = open_database(options, clock);
  if (!opened && opened.error().code == ErrorCode::conflict)
    return with_hint(opened.error(), "stop the node that serves this file, import, and start it again");
  return opened;
}

// One run, from the first page to the last.
class ImportRun {
 public:
  ImportRun(Invocation& invocation, NestjsSource& source, Importer* importer, ImportOutcome& outcome)
      : source_(source),
        importer_(importer),
        outcome_(outcome),
        stop_(invocation.interrupt.take_over()),
        progress_(invocation) {}

  Result<void> run() {
    ImportReport& report = outcome_.report;
    report.users.found = source_.facts().users;
    report.orders.found = source_.facts().orders;
    const auto users = each_page(
        "users", report.users, [&] { return source_.next_users(); },
        [&](const std::vector<User>& rows) { return bring(rows); });
    if (!users) return users;
    const auto orders = each_page(
        "orders", report.orders, [&] { return source_.next_orders(); },
        [&](const std::vector<SourceOrder>& rows) { return bring(rows); });
    progress_.end();
    if (!orders || !outcome_.is_complete) return orders;
    return add_orphans();
  }

 private:
  template <class Next, class Bring>
  Result<void> each_page(const char* what, RowCounts& counts, const Next& next, const Bring& bring_rows) {
    std::uint64_t read = 0;
    for (bool is_last = false; !is_last && outcome_.is_complete;) {
      if (stop_.stop_requested()) {
        outcome_.is_complete = false;
        break;
      }
      auto page = next();
      if (!page) return page.error();
      is_last = page->is_last;
      read += page->rows.size() + page->problems.size();
      counts.left_out += page->problems.size();
      for (RowProblem& problem : page->problems) outcome_.report.add_problem(std::move(problem));
      if (!page->rows.empty())
        if (const auto brought = bring_rows(page->rows); !brought) return brought;
      progress_.show(what, fmt::format("{} of {}", with_separators(read), with_separators(counts.found)));
    }
    return {};
  }

  Result<void> bring(const std::vector<User>& rows) {
    if (importer_) return importer_->bring(rows, outcome_.report);
    judge_only(rows, outcome_.report);
    return {};
  }
  Result<void> bring(const std::vector<SourceOrder>& rows) {
    if (importer_) return importer_->bring(rows, outcome_.report);
    judge_only(rows, outcome_.is_live, outcome_.source.taken_at, outcome_.report);
    return {};
  }

  // Rows of payments and sagas whose order does not exist.
  Result<void> add_orphans() {
    std::uint64_t count = 0;
    auto orphans = source_.orphans(ImportReport::listed_max, count);
    if (!orphans) return orphans.error();
    const std::uint64_t before = outcome_.report.problem_count;
    for (RowProblem& problem : *orphans) outcome_.report.add_problem(std::move(problem));
    outcome_.report.problem_count = before + count;
    return {};
  }

  NestjsSource& source_;
  Importer* const importer_;
  ImportOutcome& outcome_;
  const std::stop_token stop_;
  ProgressDisplay progress_;
};

ExitCode show_outcome(const Invocation& invocation, const ImportOutcome& outcome) {
  if (invocation.wants_json())
    invocation.print(import_json(outcome));
  else
    print_import(invocation, outcome);
  if (!outcome.is_complete) return ExitCode::interrupted;
  return outcome.report.problem_count > 0 ? ExitCode::refused : ExitCode::done;
}

Result<ExitCode> run_import(Invocation& invocation, const ImportFlags& flags) {
  const auto source = NestjsSource::open(flags.source);
  if (!source) return source.error();
  ImportOutcome outcome;
  outcome.source = (*source)->facts();
  outcome.is_dry_run = flags.dry_run;
  outcome.is_live = outcome.source.others_connected > 0 && !flags.stopped;
  if (flags.dry_run) {
    if (const auto done = ImportRun(invocation, **source, nullptr, outcome).run(); !done) return done.error();
    return show_outcome(invocation, outcome);
  }
  const auto name = find_database(invocation);
  if (!name) return name.error();
  outcome.target = name->shown;
  const std::unique_ptr<Clock> clock = make_system_clock();
  const auto target = open_target(*name, *clock);
  if (!target) return target.error();
  Importer importer((*target)->store(), (*target)->queries(), *clock, {.is_live = outcome.is_live});
  if (const auto begun = importer.begin(); !begun) return begun.error();
  const auto done = ImportRun(invocation, **source, &importer, outcome).run();
  const auto ended = importer.end();
  if (!done) return with_hint(done.error(), "what was imported stays: run the import again to continue");
  if (!ended) return ended.error();
  return show_outcome(invocation, outcome);
}

}  // namespace

void add_import(CLI::App& root, Commands& commands) {
  const auto flags = std::make_shared<ImportFlags>();
  CLI::App* group = add_command_group(root, "import", "Import users and orders of another system", setup_group);
  CLI::App* app =
      add_command(*group, "nestjs-cqrs", "Import users, orders, sagas, payments and events of a nestjs-cqrs database");
  add_text(*app, "--from", flags->source.url, "URL",
           "Database to import from, which is only read: postgres://USER@HOST/nestjs_cqrs")
      .required();
  add_switch(*app, "--dry-run", flags->dry_run, "Write nothing: show what would become of each order");
  add_switch(*app, "--stopped", flags->stopped,
             "Treat its nodes as stopped even if others are connected to its database, and decide orders in progress");
  add_text(*app, "--schema", flags->source.schema, "NAME", "Schema of its tables, if several schemas have them");
  add_text(*app, "--time-zone", flags->source.time_zone, "NAME", "Time zone of its timestamps [that of its database]");
  set_footer(*app,
             "The target is --database. Run it again at any time: it imports what is new or has changed there since.\n"
             "Exit codes: 0 everything was imported, 1 some rows were left out.");
  set_examples(*app,
               {"sagactl import nestjs-cqrs --from postgres://postgres@127.0.0.1/nestjs_cqrs --dry-run",
                "sagactl import nestjs-cqrs --from postgres://postgres@127.0.0.1/nestjs_cqrs --database shop.db"});
  commands.add(app, [flags](Invocation& invocation) { return run_import(invocation, *flags); });
}

}  // namespace sagactl
