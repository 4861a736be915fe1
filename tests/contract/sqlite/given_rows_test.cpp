// Rows in memory are written and read as those of any other table, in their order and byte by byte; and what fails
// undoes the complete transaction.
#include "server/adapters/sqlite/file/given_rows.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "server/adapters/sql/database_failure.hpp"
#include "server/adapters/sqlite/file/sqlite_connection.hpp"
#include "tests/contract/scratch.hpp"

namespace sagactl::sqlite {
namespace {

class SqliteGivenRows : public testing::Test {
 protected:
  SqliteGivenRows() { connection.run("CREATE TABLE thing (no INTEGER PRIMARY KEY, what, UNIQUE (what))"); }

  void insert(const GivenRows& rows) {
    connection.prepared("INSERT OR FAIL INTO thing (no, what) " + select_given_rows(2)).bind_rows(rows).run();
  }
  std::string all() {
    SqliteStatement& row = connection.prepared("SELECT no, quote(what) FROM thing ORDER BY no");
    std::string text;
    while (row.next()) {
      text += std::to_string(row.integer()) + " ";
      text += std::string(row.text()) + "\n";
    }
    return text;
  }

  ScratchDirectory directory;
  SqliteConnection connection{directory.file("rows.db"), {FileAccess::create}};
};

TEST_F(SqliteGivenRows, AreWrittenAsTheyAre) {
  GivenRows rows(2);
  rows.bind(7).bind(std::numeric_limits<std::int64_t>::min());
  rows.bind(3).bind(std::string_view("it's"));
  rows.bind(std::int64_t{1} << 40).bind(std::string_view(""));
  rows.bind(4).bind_unless_empty("");
  rows.bind(5).bind(Uuid{{0, 1, 0xff}});
  rows.bind(6).bind_bytes({});
  ASSERT_EQ(rows.size(), 6u);
  insert(rows);
  EXPECT_EQ(all(),
            "3 'it''s'\n4 NULL\n5 X'0001FF00000000000000000000000000'\n6 X''\n7 -9223372036854775808\n"
            "1099511627776 ''\n");
}

TEST_F(SqliteGivenRows, AreJoinedInTheirOrder) {
  GivenRows things(2);
  for (int i = 1; i <= 100; ++i) things.bind(i).bind("thing " + std::to_string(i));
  insert(things);
  GivenRows wanted(1);
  for (const int number : {30, 101, 2, 99}) wanted.bind(number);
  SqliteStatement& row = connection.prepared("SELECT what FROM given_rows(?) CROSS JOIN thing ON no = c1");
  row.bind_rows(wanted);
  std::string found;
  while (row.next()) found += std::string(row.text()) + ", ";
  EXPECT_EQ(found, "thing 30, thing 2, thing 99, ");
}

TEST_F(SqliteGivenRows, AStatementReadsThoseThatItWasGivenLast) {
  for (const int number : {1, 2, 3}) {
    GivenRows rows(2);
    rows.bind(number).bind(10 * number);
    insert(rows);
  }
  insert(GivenRows(2));
  EXPECT_EQ(all(), "1 10\n2 20\n3 30\n");
}

TEST_F(SqliteGivenRows, AreAllUndoneWhenOneFails) {
  connection.run("INSERT INTO thing VALUES (1, 'kept')");
  GivenRows rows(2);
  rows.bind(2).bind(std::string_view("new"));
  rows.bind(3).bind(std::string_view("kept"));
  {
    SqliteTransaction transaction(connection, SqliteTransaction::Kind::write);
    EXPECT_THROW(insert(rows), sql::DatabaseFailure);
  }
  EXPECT_EQ(all(), "1 'kept'\n");
}

TEST_F(SqliteGivenRows, AreOnlyThoseOfThisProgram) {
  connection.run("INSERT INTO thing SELECT c1, c2 FROM given_rows('sagactl-given-rows')");
  EXPECT_EQ(all(), "");
  EXPECT_THROW(connection.run("SELECT c1 FROM given_rows"), sql::DatabaseFailure) << "no source is named";
}

}  // namespace
}  // namespace sagactl::sqlite
