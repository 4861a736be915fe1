// What the queries of a profile see of another system's database, whichever of the two it is.
#include "cli/loadtest/profile_database.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <sqlite3.h>

#include "common/id.hpp"
#include "tests/contract/scratch.hpp"
#include "tests/services/services.hpp"

namespace sagactl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Somebody else's database with one table of orders.
class OtherDatabase {
 public:
  virtual ~OtherDatabase() = default;
  virtual void run(const std::string& sql) = 0;  // as that system would
  virtual DatabaseName name() const = 0;
  const std::string table = "orders_" + Id<struct OtherTag>::fresh().text().substr(24);
};

class OtherSqlite : public OtherDatabase {
 public:
  OtherSqlite() {
    EXPECT_EQ(sqlite3_open(path_.c_str(), &database_), SQLITE_OK);
    run("PRAGMA journal_mode = WAL");
  }
  ~OtherSqlite() override { sqlite3_close(database_); }
  void run(const std::string& sql) override {
    EXPECT_EQ(sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database_);
  }
  DatabaseName name() const override {
    DatabaseName name;
    name.name = name.shown = path_;
    return name;
  }

 private:
  ScratchDirectory directory_;
  const std::string path_ = directory_.file("shop.db");
  sqlite3* database_ = nullptr;
};

class OtherPostgres : public OtherDatabase {
 public:
  explicit OtherPostgres(std::string url) : url_(std::move(url)), connection_(PQconnectdb(url_.c_str())) {}
  ~OtherPostgres() override {
    run("DROP TABLE " + table);
    PQfinish(connection_);
  }
  void run(const std::string& sql) override {
    PGresult* result = PQexec(connection_, sql.c_str());
    EXPECT_EQ(PQresultStatus(result), PGRES_COMMAND_OK) << PQerrorMessage(connection_);
    PQclear(result);
  }
  DatabaseName name() const override {
    DatabaseName name;
    name.name = url_;
    name.shown = "postgres://shop";
    name.kind = DatabaseKind::postgres;
    return name;
  }

 private:
  const std::string url_;
  PGconn* connection_;
};

class ForeignDatabase : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (std::string_view(GetParam()) == "Postgres") {
      SAGACTL_NEEDS(postgres_url(), "PostgreSQL");
      other = std::make_unique<OtherPostgres>(*postgres_url());
    } else {
      other = std::make_unique<OtherSqlite>();
    }
    other->run("CREATE TABLE " + other->table + " (id TEXT, cents BIGINT, note TEXT)");
    other->run("INSERT INTO " + other->table + " VALUES ('a', 1000, NULL), ('b', 2500, 'gift')");
    auto opened = open_foreign_rows(other->name());
    ASSERT_TRUE(opened) << opened.error().message;
    rows = std::move(*opened);
  }
  static ForeignQuery query(const std::string& sql) { return {"sql.orders", sql}; }
  ForeignQuery all() const { return query("SELECT id, cents, note FROM " + other->table + " ORDER BY id"); }
  std::vector<std::string> ids() {
    std::vector<std::string> found;
    EXPECT_TRUE(rows->each_row(all(), [&](const ForeignRow& row) -> Result<void> {
      found.push_back(row.text("id"));
      return {};
    }));
    return found;
  }

  std::unique_ptr<OtherDatabase> other;
  std::unique_ptr<ForeignRows> rows;
};

TEST_P(ForeignDatabase, RowsAreReadByTheNamesOfTheirColumns) {
  std::vector<std::int64_t> cents;
  std::vector<std::string> notes;
  EXPECT_TRUE(rows->each_row(all(), [&](const ForeignRow& row) -> Result<void> {
    EXPECT_FALSE(row.has("price"));
    EXPECT_EQ(row.integer("note"), std::nullopt);
    cents.push_back(row.integer("cents").value());
    notes.push_back(row.text("note"));
    return {};
  }));
  EXPECT_THAT(cents, ElementsAre(1000, 2500));
  EXPECT_THAT(notes, ElementsAre("", "gift"));
}

TEST_P(ForeignDatabase, ColumnsAreKnownBeforeThereAreRows) {
  other->run("DELETE FROM " + other->table);
  EXPECT_THAT(rows->columns(all()).value(), ElementsAre("id", "cents", "note"));
  const auto wrong = rows->columns(query("SELECT price FROM " + other->table));
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().message, HasSubstr("the profile's query sql.orders: "));
  EXPECT_THAT(wrong.error().message, HasSubstr("price"));
}

TEST_P(ForeignDatabase, AllQueriesSeeTheStateOfTheFirst) {
  EXPECT_THAT(ids(), ElementsAre("a", "b"));
  other->run("INSERT INTO " + other->table + " VALUES ('c', 1, NULL)");
  EXPECT_THAT(ids(), ElementsAre("a", "b"));
  rows = open_foreign_rows(other->name()).value();
  EXPECT_THAT(ids(), ElementsAre("a", "b", "c"));
}

TEST_P(ForeignDatabase, NothingIsWritten) {
  const auto done =
      rows->each_row(query("DELETE FROM " + other->table), [](const ForeignRow&) -> Result<void> { return {}; });
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("the profile's query sql.orders: "));
  rows = open_foreign_rows(other->name()).value();
  EXPECT_THAT(ids(), ElementsAre("a", "b"));
}

TEST_P(ForeignDatabase, AWrongQueryIsExplainedInTheDatabasesWords) {
  const auto done =
      rows->each_row(query("SELECT price FROM " + other->table), [](const ForeignRow&) -> Result<void> { return {}; });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::invalid);
  EXPECT_THAT(done.error().message, HasSubstr("price"));
}

TEST_P(ForeignDatabase, AVisitorsErrorEndsTheWalkAndOthersGoOn) {
  int seen = 0;
  const auto done = rows->each_row(all(), [&](const ForeignRow&) -> Result<void> {
    ++seen;
    return Error{ErrorCode::invalid, "not like this"};
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "not like this");
  EXPECT_EQ(seen, 1);
  EXPECT_THAT(ids(), ElementsAre("a", "b"));
}

TEST_P(ForeignDatabase, SomeRowsAreSeenAndOthersGoOn) {
  int seen = 0;
  const auto count = [&](const ForeignRow&) -> Result<void> {
    ++seen;
    return {};
  };
  EXPECT_TRUE(rows->some_rows(query("SELECT id FROM " + other->table + ";"), 1, count));
  EXPECT_EQ(seen, 1);
  EXPECT_FALSE(rows->some_rows(query("SELECT price FROM " + other->table), 1, count));
  EXPECT_EQ(seen, 1);
  EXPECT_TRUE(rows->some_rows(all(), 20, count));
  EXPECT_EQ(seen, 3);
  EXPECT_THAT(ids(), ElementsAre("a", "b"));
}

INSTANTIATE_TEST_SUITE_P(Databases, ForeignDatabase, testing::Values("Sqlite", "Postgres"),
                         [](const auto& info) { return std::string(info.param); });

TEST(ForeignSqlite, BytesAreShownAsHexadecimalDigitsAndTextIsNot) {
  OtherSqlite other;
  other.run("CREATE TABLE t (id, key)");
  other.run("INSERT INTO t VALUES (x'867a4850d87242eba83dc71921cdc0c3', cast('plain text' as blob))");
  const auto rows = open_foreign_rows(other.name()).value();
  const auto read = rows->each_row({"sql.orders", "SELECT id, key FROM t"}, [](const ForeignRow& row) -> Result<void> {
    EXPECT_EQ(row.text("id"), "\\x867a4850d87242eba83dc71921cdc0c3");
    EXPECT_EQ(row.text("key"), "plain text");
    return {};
  });
  EXPECT_TRUE(read);
}

TEST(ForeignPostgres, TimesBytesAndPaddedColumnsAreReadWhateverItIsSetTo) {
  SAGACTL_NEEDS(postgres_url(), "PostgreSQL");
  OtherPostgres other(*postgres_url());
  other.run("CREATE TABLE " + other.table + " (id char(40), at timestamptz, bytes bytea)");
  other.run("INSERT INTO " + other.table + " VALUES ('R-1', '2026-11-20 13:04:07.137042Z', '\\x00ff')");
  DatabaseName german = other.name();
  german.name += german.name.find('?') == std::string::npos ? "?" : "&";
  german.name += "options=-c%20datestyle%3DGerman%20-c%20bytea_output%3Descape";
  const auto rows = open_foreign_rows(german);
  ASSERT_TRUE(rows) << rows.error().message;
  const ForeignQuery query{"sql.orders", "SELECT id, at AS created_at, bytes FROM " + other.table};
  const auto read = (*rows)->each_row(query, [](const ForeignRow& row) -> Result<void> {
    EXPECT_EQ(row.text("id"), "R-1");
    EXPECT_EQ(iso8601_us(row.time("created").value()), "2026-11-20T13:04:07.137042Z");
    EXPECT_EQ(row.text("bytes"), "\\x00ff");
    return {};
  });
  EXPECT_TRUE(read);
}

TEST(ForeignDatabaseName, OfNothingIsSaid) {
  DatabaseName file, server;
  file.name = file.shown = "/nonexistent/shop.db";
  server.name = "postgres://shop@127.0.0.1:1/shop";
  server.shown = "postgres://127.0.0.1:1/shop";
  server.kind = DatabaseKind::postgres;
  EXPECT_THAT(open_foreign_rows(file).error().message, HasSubstr("/nonexistent/shop.db"));
  const auto refused = open_foreign_rows(server);
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("cannot open postgres://127.0.0.1:1/shop"));
}

}  // namespace
}  // namespace sagactl
