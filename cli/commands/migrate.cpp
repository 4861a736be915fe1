// `sagactl migrate`: brings a database to the schema of this build.
#include <memory>
#include <ostream>

#include "analysis/readable.hpp"
#include "cli/commands.hpp"
#include "cli/dependencies/database.hpp"
#include "cli/flag.hpp"
#include "cli/output/table.hpp"
#include "server/adapters/postgres/postgres_migrations.hpp"
#include "server/adapters/sqlite/sqlite_migrations.hpp"

namespace sagactl {
namespace {

Result<std::vector<SchemaMigration>> migrate(const DatabaseName& database) {
  return database.is(DatabaseKind::postgres) ? migrate_postgres(database.name) : migrate_sqlite(database.name);
}

Result<std::vector<SchemaMigration>> migrations_of(const DatabaseName& database) {
  return database.is(DatabaseKind::postgres) ? postgres_migrations(database.name) : sqlite_migrations(database.name);
}

Json to_json(const std::vector<SchemaMigration>& migrations) {
  Json list = Json::array();
  for (const SchemaMigration& migration : migrations)
    list.push_back(Json{{"number", migration.number},
                        {"name", migration.name},
                        {"applied", migration.applied},
                        {"appliedAt", migration.applied ? Json(iso8601_ms(migration.applied_at)) : Json(nullptr)}});
  return list;
}

void print_migrations(const Invocation& invocation, const std::vector<SchemaMigration>& migrations) {
  Table table({{"NUMBER", Fit::number, needed}, {"MIGRATION", Fit::text, needed}, {"APPLIED", Fit::time, needed}});
  for (const SchemaMigration& migration : migrations)
    table.row({std::to_string(migration.number), migration.name,
               migration.applied ? iso8601_ms(migration.applied_at) : invocation.paint.warning("missing")});
  table.print(invocation.terminal.out, invocation.terminal.table_width());
}

Result<ExitCode> run_migrate(Invocation& invocation, bool status_only) {
  const auto database = find_database(invocation);
  if (!database) return database.error();
  std::vector<SchemaMigration> applied;
  if (status_only)
    if (const auto exists = check_database_exists(*database); !exists) return exists.error();
  if (!status_only) {
    auto done = migrate(*database);
    if (!done) return done.error();
    applied = std::move(*done);
  }
  const auto all = migrations_of(*database);
  if (!all) return all.error();
  if (invocation.wants_json())
    invocation.print(Json{{"database", database->shown}, {"applied", to_json(applied)}, {"migrations", to_json(*all)}},
                     "migrations");
  else
    print_migrations(invocation, *all);
  if (!status_only)
    invocation.info(applied.empty() ? database->shown + " is up to date"
                                    : count_of(applied.size(), "migration") + " applied to " + database->shown);
  return ExitCode::done;
}

}  // namespace

void add_migrate(CLI::App& root, Commands& commands) {
  const auto status = std::make_shared<bool>(false);
  CLI::App* app = add_command(root, "migrate",
                              "Migrate a database to the schema of this build (`serve` also does this)", setup_group);
  add_switch(*app, "--status", *status, "Only show which migrations have been applied");
  commands.add(app, [status](Invocation& invocation) { return run_migrate(invocation, *status); });
}

}  // namespace sagactl
