#include "cli/migrate.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "cli/commands.hpp"
#include "cli/database.hpp"
#include "cli/table.hpp"
#include "server/adapters/sqlite/sqlite_migrations.hpp"

namespace sagactl {
namespace {

Json to_json(const std::vector<SqliteMigration>& migrations) {
  Json list = Json::array();
  for (const SqliteMigration& migration : migrations)
    list.push_back(
        Json{{"number", migration.number},
             {"name", migration.name},
             {"applied", migration.applied},
             {"appliedAt", migration.applied ? Json(iso8601_ms(migration.applied_at)) : Json(nullptr)}});
  return list;
}

void print(const Invocation& invocation, const std::vector<SqliteMigration>& migrations) {
  Table table({{"NUMBER", true}, {"MIGRATION"}, {"APPLIED"}});
  for (const SqliteMigration& migration : migrations)
    table.row({std::to_string(migration.number), migration.name,
               migration.applied ? iso8601_ms(migration.applied_at) : invocation.paint.warning("missing")});
  table.print(invocation.terminal.out);
}

Result<ExitCode> run_migrate(Invocation& invocation, bool status_only) {
  const auto file = database_file(invocation);
  if (!file) return file.error();
  std::vector<SqliteMigration> applied;
  if (!status_only) {
    auto done = migrate_sqlite(file->string());
    if (!done) return done.error();
    applied = std::move(*done);
  }
  const auto all = sqlite_migrations(file->string());
  if (!all) return all.error();
  if (invocation.wants_json())
    invocation.print(
        Json{{"database", file->string()}, {"applied", to_json(applied)}, {"migrations", to_json(*all)}},
        "migrations");
  else
    print(invocation, *all);
  if (!status_only)
    invocation.say(applied.empty() ? file->string() + " is up to date"
                                   : std::to_string(applied.size()) + " applied to " + file->string());
  return ExitCode::done;
}

}  // namespace

void add_migrate(CLI::App& root, Commands& commands) {
  const auto status = std::make_shared<bool>(false);
  CLI::App* app =
      root.add_subcommand("migrate", "Bring a database to this build's schema (`serve` does it too)")
          ->group("Setting up");
  app->add_flag("--status", *status, "Only show what has been applied");
  commands.add(app, [status](Invocation& invocation) { return run_migrate(invocation, *status); });
}

}  // namespace sagactl
