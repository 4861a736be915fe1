#include "server/adapters/postgres/migrations.hpp"

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <thread>

#include "common/crypto.hpp"
#include "common/log.hpp"
#include "embedded/postgres_schema.hpp"
#include "server/adapters/postgres/connection.hpp"
#include "server/adapters/postgres/spellings.hpp"

namespace sagactl {
namespace postgres {
namespace {

constexpr std::chrono::milliseconds migrations_patience{60'000};  // also for others that migrate now
constexpr int lock_class = 0x5A6A;

constexpr std::chrono::seconds lock_patience{55}, tell_after{1};
constexpr std::chrono::milliseconds look_for_lock_every{100};

const Statement sql_try_lock{"migrate_try_lock",
                             "SELECT pg_try_advisory_lock($1::bigint::integer, hashtext(current_schema()))"};
const Statement sql_lock_holder{
    "migrate_lock_holder",
    "SELECT a.pid, a.application_name, coalesce(host(a.client_addr), 'a socket'), a.state, "
    "(extract(epoch FROM clock_timestamp() - a.state_change))::bigint FROM pg_locks AS l JOIN pg_stat_activity AS a "
    "USING (pid) WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 AND l.classid = $1::bigint::oid "
    "AND l.objid = (hashtext(current_schema())::bigint & 4294967295)::oid "
    "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"};
const Statement sql_has_list{"migrate_has_list", "SELECT to_regclass('schema_migration') IS NOT NULL"};
const Statement sql_foreign_table{
    "migrate_foreign_table",
    "SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname IN ('users', "
    "'orders', 'payments', 'saga_instances', 'event_store', 'flow', 'event', 'node', 'claim') ORDER BY 1 LIMIT 1"};
const Statement sql_list{"migrate_list", "SELECT number, checksum, applied_at FROM schema_migration ORDER BY number"};
const std::string sql_create_list =
    "CREATE TABLE IF NOT EXISTS schema_migration (number integer PRIMARY KEY, name text NOT NULL, checksum text NOT "
    "NULL, applied_at bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint);\n";
constexpr std::string_view sql_record =
    "\nINSERT INTO schema_migration (number, name, checksum) VALUES ({}, '{}', '{}');\n";

struct Applied {
  std::string checksum;
  Timestamp at;
};

[[noreturn]] void fail_as_invalid(std::string message) {
  throw Failure{Error{ErrorCode::invalid, std::move(message)}, {}, false, false, false};
}

std::map<int, Applied> read_applied(Connection& connection) {
  std::map<int, Applied> applied;
  Rows has_list = connection.run(sql_has_list);
  has_list.next();
  if (has_list.integer() == 0) {
    Rows foreign = connection.run(sql_foreign_table);
    if (foreign.next())
      fail_as_invalid(fmt::format("the database {} holds another program's table {}: name an empty database",
                                  connection.address().text(), foreign.text()));
    return applied;
  }
  Rows row = connection.run(sql_list);
  while (row.next()) {
    Applied& entry = applied[static_cast<int>(row.integer())];
    entry.checksum = row.text();
    entry.at = row.time();
  }
  return applied;
}

std::vector<PostgresMigration> compare(const std::map<int, Applied>& applied, const std::string& where) {
  std::vector<PostgresMigration> list;
  for (const EmbeddedFile& file : embedded::postgres_schema()) {
    PostgresMigration& migration = list.emplace_back();
    std::from_chars(file.name.data(), file.name.data() + file.name.size(), migration.number);
    migration.name = file.name;
    const auto entry = applied.find(migration.number);
    if (entry == applied.end()) continue;
    if (entry->second.checksum != hex(sha256(file.text)))
      fail_as_invalid(fmt::format(
          "the database {} was made with another text of migration {}: use the sagactl that made it, or another "
          "database",
          where, file.name));
    migration.applied = true;
    migration.applied_at = entry->second.at;
  }
  const int newest = applied.empty() ? 0 : applied.rbegin()->first;
  if (newest > list.back().number)
    fail_as_invalid(fmt::format(
        "the database {} has schema {}, and this sagactl knows schemas up to {}: use the newer sagactl", where, newest,
        list.back().number));
  return list;
}

Connection::Settings settings() {
  return {"sagactl migrate", "-c statement_timeout=55000 -c lock_timeout=55000 -c client_min_messages=warning",
          migrations_patience};
}

std::string quoted(const std::string& name) {
  std::string text = "\"";
  for (const char c : name) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + "\"";
}

// A database that another has made in the meantime is as good.
void create_database(const Address& address) {
  Connection connection(address.with_database("postgres"), settings());
  try {
    connection.run({{}, "CREATE DATABASE " + quoted(address.database())});
  } catch (const Failure& failure) {
    if (failure.state == "42P04" || failure.state == state_unique_violation) return;
    throw Failure{error_of("3D000", address.text(), failure.error.message), "3D000", false, false, false};
  }
}

void open_or_create(Connection& connection) {
  try {
    connection.open();
    return;
  } catch (const Failure& failure) {
    if (failure.state != "3D000") throw;
  }
  create_database(connection.address());
}

// Who has the lock, and what to do about it.
std::string holder_of_lock(Connection& connection) {
  Rows row = connection.run(sql_lock_holder, Parameters().add(lock_class));
  if (!row.next()) return "a session that this role does not see";
  const std::int64_t process = row.integer();
  const std::string program(row.text()), address(row.text()), state(row.text());
  const std::int64_t seconds = row.integer();
  return fmt::format("process {} ('{}' at {}, {} for {} s). Where a pooler has kept it, end it: SELECT "
                     "pg_terminate_backend({})",
                     process, program, address, state, seconds, process);
}

// One at a time migrates. A pooler that lends one session to several can keep the lock of one that is long gone.
void take_lock(Connection& connection) {
  const auto began = std::chrono::steady_clock::now();
  for (bool told = false;; std::this_thread::sleep_for(look_for_lock_every)) {
    Rows row = connection.run(sql_try_lock, Parameters().add(lock_class));
    row.next();
    if (row.integer() != 0) return;
    const auto waited = std::chrono::steady_clock::now() - began;
    if (waited >= lock_patience)
      throw Failure{Error{ErrorCode::unavailable,
                          fmt::format("the database {} is being migrated for too long by {}", connection.address().text(),
                                      holder_of_lock(connection))},
                    std::string(state_lock_not_available), false, false, false};
    if (told || waited < tell_after) continue;
    told = true;
    log_warn("the database is being migrated by another; waiting for it",
             {{"database", connection.address().text()}, {"by", holder_of_lock(connection)}});
  }
}

void apply(Connection& connection, PostgresMigration& migration, std::string_view text) {
  const std::string record = fmt::format(sql_record, migration.number, migration.name, hex(sha256(text)));
  try {
    connection.run_script("BEGIN;\n" + sql_create_list + std::string(text) + record + "COMMIT;");
  } catch (Failure& failure) {
    failure.error.message = fmt::format("migration {}: {}", migration.name, failure.error.message);
    throw;
  }
  migration.applied = true;
}

}  // namespace

Result<std::vector<PostgresMigration>> migrate(const Address& address) {
  return guarded([&]() -> Result<std::vector<PostgresMigration>> {
    {
      Connection probe(address, settings());
      open_or_create(probe);
    }
    Connection connection(address, settings());
    take_lock(connection);
    std::vector<PostgresMigration> all = compare(read_applied(connection), address.text()), done;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].applied) continue;
      apply(connection, all[i], embedded::postgres_schema()[i].text);
      done.push_back(all[i]);
    }
    write_spellings(connection);
    return done;
  });
}

Result<std::vector<PostgresMigration>> migrations_of(const Address& address) {
  return guarded([&]() -> Result<std::vector<PostgresMigration>> {
    Connection connection(address, settings());
    return compare(read_applied(connection), address.text());
  });
}

Result<void> check_schema(const Address& address) {
  const auto all = migrations_of(address);
  if (!all) return all.error();
  for (const PostgresMigration& migration : *all)
    if (!migration.applied)
      return Error{ErrorCode::invalid,
                   fmt::format("the database {} has an older schema, without {}: run `sagactl migrate`, or start a "
                               "node once",
                               address.text(), migration.name)};
  return {};
}

}  // namespace postgres

Result<std::vector<PostgresMigration>> postgres_migrations(const std::string& url) {
  const auto address = postgres::Address::parse(url);
  if (!address) return address.error();
  return postgres::migrations_of(*address);
}

Result<std::vector<PostgresMigration>> migrate_postgres(const std::string& url) {
  const auto address = postgres::Address::parse(url);
  if (!address) return address.error();
  return postgres::migrate(*address);
}

}  // namespace sagactl
