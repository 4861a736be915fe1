#include "server/adapters/postgres/migrations.hpp"

#include <fmt/format.h>

#include <map>
#include <thread>
#include <utility>

#include "common/log.hpp"
#include "embedded/postgres_schema.hpp"
#include "server/adapters/postgres/connection/postgres_failure.hpp"
#include "server/adapters/postgres/connection/pqxx_connection.hpp"
#include "server/adapters/postgres/connection/session_names.hpp"
#include "server/adapters/postgres/database_names.hpp"
#include "server/adapters/sql/spellings.hpp"

namespace sagactl {
namespace postgres {
namespace {

constexpr std::chrono::milliseconds migrations_timeout{60'000};  // of one migration
constexpr int lock_class = 0x5A6A;

constexpr std::chrono::seconds table_timeout{55}, report_after{1};
// Longer than the process before this one may wait for a table and then migrate.
constexpr std::chrono::seconds lock_timeout{180};
constexpr std::chrono::milliseconds lock_retry_interval{100};
// A table that somebody reads for long, such as a backup, cannot be altered, and whoever asks for it after a migration
// waits behind that. So a migration waits for a moment only, and gives up its locks before it tries again.
constexpr std::chrono::milliseconds table_patience{500}, table_pause{1'000};

const std::string sql_try_lock = fmt::format("SELECT pg_try_advisory_lock({}, hashtext(current_schema()))", lock_class);
// A session, for how long it has been in its state or transaction, and the lock that it holds in this database.
constexpr const char* session_with_lock =
    "SELECT a.pid, a.application_name, coalesce(host(a.client_addr), 'a socket'), coalesce(a.state, 'active'), "
    "(extract(epoch FROM clock_timestamp() - a.{since}))::bigint FROM pg_locks AS l JOIN pg_stat_activity AS a "
    "USING (pid) WHERE l.granted AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) ";
const std::string sql_lock_holder = fmt::format(fmt::runtime(session_with_lock), fmt::arg("since", "state_change")) +
                                    fmt::format(
                                        "AND l.locktype = 'advisory' AND l.objsubid = 2 AND l.classid = {}::oid "
                                        "AND l.objid = (hashtext(current_schema())::bigint & 4294967295)::oid",
                                        lock_class);
const std::string sql_longest_user_of_tables =
    fmt::format(fmt::runtime(session_with_lock), fmt::arg("since", "xact_start")) +
    "AND l.locktype = 'relation' AND a.pid <> pg_backend_pid() AND l.relation IN (SELECT oid FROM pg_class WHERE "
    "relnamespace = current_schema()::regnamespace) ORDER BY a.xact_start LIMIT 1";
constexpr const char* sql_has_list = "SELECT to_regclass('schema_migration') IS NOT NULL";
constexpr const char* sql_foreign_table =
    "SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname IN ('users', "
    "'orders', 'payments', 'saga_instances', 'event_store', 'flow', 'event', 'event_group', 'node', 'claim') ORDER BY "
    "1 LIMIT 1";
constexpr const char* sql_list = "SELECT number, checksum, applied_at FROM schema_migration ORDER BY number";
const std::string sql_create_list =
    "CREATE TABLE IF NOT EXISTS schema_migration (number integer PRIMARY KEY, name text NOT NULL, checksum text NOT "
    "NULL, applied_at bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint);\n";
constexpr std::string_view sql_record_migration =
    "\nINSERT INTO schema_migration (number, name, checksum) VALUES ({}, '{}', '{}');\n";

std::map<int, sql::AppliedMigration> read_applied(PqxxConnection& connection) {
  std::map<int, sql::AppliedMigration> applied;
  PqxxRows has_list = connection.run(sql_has_list);
  has_list.next();
  if (has_list.integer() == 0) {
    PqxxRows foreign = connection.run(sql_foreign_table);
    if (foreign.next())
      sql::fail_as_invalid(
          fmt::format("the database {} holds another program's table {}: name an empty database, or "
                      "a schema of its own (CREATE SCHEMA sagactl, and "
                      "?options=-csearch_path%3Dsagactl at the end of the URL); what a database of nestjs-cqrs holds "
                      "is brought into another one by `sagactl import nestjs-cqrs`",
                      connection.address().text(), foreign.text()));
    return applied;
  }
  PqxxRows row = connection.run(sql_list);
  while (row.next()) {
    sql::AppliedMigration& entry = applied[static_cast<int>(row.integer())];
    entry.checksum = row.text();
    entry.at = row.time();
  }
  return applied;
}

std::vector<SchemaMigration> compare(PqxxConnection& connection) {
  return sql::compare_migrations(embedded::postgres_schema(), read_applied(connection),
                                 "the database " + connection.address().text());
}

PqxxConnection connect_for_migration(const PostgresAddress& address) {
  return PqxxConnection(
      address,
      {migrations_session,
       {{"statement_timeout", "55000"}, {"lock_timeout", "55000"}, {"client_min_messages", "warning"}}},
      migrations_timeout);
}

std::string quoted(const std::string& name) {
  std::string text = "\"";
  for (const char c : name) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + "\"";
}

// That another process creates it meanwhile is no failure. A misspelled name is shown by one that is like it.
void create_database(const PostgresAddress& address) {
  PqxxConnection connection = connect_for_migration(address.with_database("postgres"));
  try {
    connection.run("CREATE DATABASE " + quoted(address.database()));
    const std::string near = nearest_database(connection, address.database());
    log_warn("the database did not exist and was created",
             {{"database", address.text()}, {"similar", near.empty() ? "none" : near}});
  } catch (const sql::DatabaseFailure& failure) {
    if (failure.state == state_database_exists || failure.state == state_unique_violation) return;
    throw sql::DatabaseFailure{error_of(state_no_database, address.text(), failure.error.message),
                               std::string(state_no_database)};
  }
}

void create_database_if_missing(const PostgresAddress& address) {
  try {
    connect_for_migration(address);
    return;
  } catch (const sql::DatabaseFailure& failure) {
    if (failure.state != state_no_database) throw;
  }
  create_database(address);
}

struct Session {
  std::int64_t process = 0;  // 0: this role cannot see it
  std::string text;
};

Session session_of(PqxxConnection& connection, const std::string& sql) {
  PqxxRows row = connection.run(sql);
  if (!row.next()) return {0, "a session that this role cannot see"};
  const std::int64_t process = row.integer();
  const std::string program(row.text()), address(row.text()), state(row.text());
  return {process,
          fmt::format("process {} ('{}' at {}, {} for {} s)", process, program, address, state, row.integer())};
}

// Who holds the lock, and what to do about it.
std::string holder_of_lock(PqxxConnection& connection) {
  const Session holder = session_of(connection, sql_lock_holder);
  if (holder.process == 0) return holder.text;
  return fmt::format("{}. Where a pooler has kept it, end it: SELECT pg_terminate_backend({})", holder.text,
                     holder.process);
}

// One process at a time migrates. A pooler that shares one session among several clients can keep the lock of a client
// that has ended long ago.
void acquire_lock(PqxxConnection& connection) {
  const auto began = std::chrono::steady_clock::now();
  for (bool is_reported = false;; std::this_thread::sleep_for(lock_retry_interval)) {
    PqxxRows row = connection.run(sql_try_lock);
    row.next();
    if (row.integer() != 0) return;
    const auto waited = std::chrono::steady_clock::now() - began;
    if (waited >= lock_timeout)
      throw sql::DatabaseFailure{
          Error{ErrorCode::unavailable, fmt::format("the database {} is being migrated for too long by {}",
                                                    connection.address().text(), holder_of_lock(connection))},
          std::string(state_lock_not_available)};
    if (is_reported || waited < report_after) continue;
    is_reported = true;
    log_warn("the database is being migrated by another process; waiting for it",
             {{"database", connection.address().text()}, {"by", holder_of_lock(connection)}});
  }
}

void apply(PqxxConnection& connection, SchemaMigration& migration, const EmbeddedFile& file) {
  const std::string record =
      fmt::format(sql_record_migration, migration.number, migration.name, sql::checksum_of(file));
  const std::string script = fmt::format("SET LOCAL lock_timeout = {};\n", table_patience.count())
                                 .append(sql_create_list)
                                 .append(file.text)
                                 .append(record);
  const auto began = std::chrono::steady_clock::now();
  for (bool is_reported = false; !migration.applied; std::this_thread::sleep_for(table_pause)) {
    try {
      connection.run_script(script);
      migration.applied = true;
      return;
    } catch (sql::DatabaseFailure& failure) {
      const bool is_in_use = failure.state == state_lock_not_available;
      const std::string user = is_in_use ? session_of(connection, sql_longest_user_of_tables).text : std::string();
      if (is_in_use && std::chrono::steady_clock::now() - began < table_timeout) {
        if (!std::exchange(is_reported, true))
          log_warn("a migration waits for sessions that use its tables, such as a backup",
                   {{"database", connection.address().text()}, {"migration", migration.name}, {"by", user}});
        continue;
      }
      failure.error.message = fmt::format("migration {}: {}", migration.name, failure.error.message);
      if (is_in_use) failure.error.message += fmt::format("; its tables are used by {}", user);
      throw;
    }
  }
}

// Adds the missing rows of the tables that say what numbers mean.
void write_spellings(PqxxConnection& connection) {
  std::string spellings, steps;
  sql::each_spelling([&](std::string_view kind, std::int64_t number, std::string_view name) {
    spellings += fmt::format("{}({}, {}, {})", spellings.empty() ? "" : ", ", connection.quote(kind), number,
                             connection.quote(name));
  });
  PqxxNames names(connection);
  sql::each_step(names, [&](std::int64_t definition, std::int64_t position, const StepDefinition& step) {
    steps += fmt::format("{}({}, {}, {}, {}, {})", steps.empty() ? "" : ", ", definition, position,
                         connection.quote(step.name), connection.quote(step.compensated_as), step.listed);
  });
  connection.run_script(
      fmt::format("INSERT INTO spelling (kind, no, name) VALUES {} ON CONFLICT DO NOTHING; INSERT INTO "
                  "step (definition, position, name, compensated_as, listed) VALUES {} ON CONFLICT DO "
                  "NOTHING",
                  spellings, steps));
}

}  // namespace

Result<std::vector<SchemaMigration>> migrate(const PostgresAddress& address) {
  return sql::guarded([&] {
    create_database_if_missing(address);
    PqxxConnection connection = connect_for_migration(address);
    acquire_lock(connection);
    std::vector<SchemaMigration> all = compare(connection), done;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].applied) continue;
      apply(connection, all[i], embedded::postgres_schema()[i]);
      done.push_back(all[i]);
    }
    write_spellings(connection);
    return done;
  });
}

Result<std::vector<SchemaMigration>> migrations_of(const PostgresAddress& address) {
  return sql::guarded([&] {
    PqxxConnection connection = connect_for_migration(address);
    return compare(connection);
  });
}

Result<void> check_schema(const PostgresAddress& address) {
  return sql::guarded([&] {
    PqxxConnection connection = connect_for_migration(address);
    sql::require_all_applied(compare(connection), "the database " + address.text());
  });
}

}  // namespace postgres

Result<std::vector<SchemaMigration>> postgres_migrations(const std::string& url) {
  const auto address = postgres::PostgresAddress::parse(url);
  if (!address) return address.error();
  return postgres::migrations_of(*address);
}

Result<std::vector<SchemaMigration>> migrate_postgres(const std::string& url) {
  const auto address = postgres::PostgresAddress::parse(url);
  if (!address) return address.error();
  return postgres::migrate(*address);
}

}  // namespace sagactl
