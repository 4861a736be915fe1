// The log reaches the disk in few writes, and always before anybody may rely on it.
#include "server/adapters/sqlite/file/gathered_log.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "server/adapters/sql/database_failure.hpp"
#include "tests/contract/scratch.hpp"
#include "tests/contract/sqlite/faulty_disk.hpp"

namespace sagactl::sqlite {
namespace {

constexpr int pages = 500;

class SqliteGatheredLog : public testing::Test {
 protected:
  SqliteGatheredLog() {
    writer.begin_writing();
    writer.run("CREATE TABLE t (no INTEGER PRIMARY KEY, bytes BLOB)");
  }
  ~SqliteGatheredLog() override { FaultyDisk::fail_writes(SQLITE_OK); }

  void fill() {
    writer.run(
        "WITH RECURSIVE n (no) AS (VALUES (1) UNION ALL SELECT no + 1 FROM n WHERE no < 500) "
        "INSERT INTO t SELECT no, randomblob(3900) FROM n");
  }
  // How many rows the file has for a process that finds it as it is now, as after a crash.
  std::int64_t rows_after_crash() {
    const std::string copy = directory.file("copy.db");
    for (const char* suffix : {"", "-wal"})
      std::filesystem::copy_file(path + suffix, copy + suffix, std::filesystem::copy_options::overwrite_existing);
    SqliteConnection next(copy, {.access = FileAccess::write});
    EXPECT_EQ(text_of(next, "PRAGMA integrity_check"), "ok");
    return next.number("SELECT count(*) FROM t");
  }
  static std::string text_of(SqliteConnection& connection, std::string_view sql) {
    SqliteStatement row = connection.prepare(sql);
    return row.next() ? std::string(row.text()) : std::string();
  }

  FaultyDisk disk;
  ScratchDirectory directory;
  const std::string path = directory.file("t.db");
  SqliteConnection writer{path, {.access = FileAccess::create, .mmap_bytes = 0}};
};

TEST_F(SqliteGatheredLog, IsWrittenPageByPageByItself) {
  const int before = FaultyDisk::log_writes();
  fill();
  EXPECT_GE(FaultyDisk::log_writes() - before, 2 * pages);
}

TEST_F(SqliteGatheredLog, IsWrittenManyPagesAtATime) {
  const GatheredLog log(writer);
  const int before = FaultyDisk::log_writes();
  fill();
  EXPECT_LE(FaultyDisk::log_writes() - before, pages / 10);
  EXPECT_GE(FaultyDisk::log_writes() - before, pages * 3900 / static_cast<int>(GatheredLog::gathered_max));
}

TEST_F(SqliteGatheredLog, HasEveryCommitThatIsAcknowledged) {
  const GatheredLog log(writer);
  SqliteConnection beside(path, {.access = FileAccess::read});
  for (int no = 1; no <= 20; ++no) {
    writer.run("INSERT INTO t VALUES (" + std::to_string(no) + ", zeroblob(100))");
    ASSERT_EQ(beside.number("SELECT count(*) FROM t"), no);
    ASSERT_EQ(rows_after_crash(), no);
  }
}

// Pages that do not fit into the cache go to the log before the commit, and are read, changed and written there again.
TEST_F(SqliteGatheredLog, GivesBackWhatATransactionHasWrittenToIt) {
  const GatheredLog log(writer);
  writer.run("PRAGMA cache_size = 10");
  {
    SqliteTransaction transaction(writer, SqliteTransaction::Kind::write);
    fill();
    for (int round = 0; round < 3; ++round) writer.run("UPDATE t SET bytes = randomblob(3900) WHERE no % 7 = 1");
    EXPECT_EQ(text_of(writer, "PRAGMA integrity_check"), "ok");
    transaction.commit();
  }
  EXPECT_EQ(rows_after_crash(), pages);
  {
    SqliteTransaction rolled_back(writer, SqliteTransaction::Kind::write);
    writer.run("UPDATE t SET bytes = zeroblob(3900)");
  }
  writer.run("DELETE FROM t WHERE no > 400");
  EXPECT_EQ(writer.number("SELECT count(*) FROM t WHERE bytes = zeroblob(3900)"), 0);
  EXPECT_EQ(rows_after_crash(), 400);
}

TEST_F(SqliteGatheredLog, WritesNothingOfATransactionThatFailed) {
  const GatheredLog log(writer);
  writer.run("INSERT INTO t VALUES (0, zeroblob(100))");
  for (const char* cache : {"PRAGMA cache_size = 10", "PRAGMA cache_size = 10000"}) {
    writer.run(cache);
    FaultyDisk::fail_writes(SQLITE_FULL);
    EXPECT_THROW(fill(), sql::DatabaseFailure);
    FaultyDisk::fail_writes(SQLITE_OK);
    EXPECT_EQ(writer.number("SELECT count(*) FROM t"), 1) << "reading goes on";
    EXPECT_EQ(rows_after_crash(), 1);
  }
  writer.run("INSERT INTO t VALUES (600, zeroblob(100))");
  EXPECT_EQ(rows_after_crash(), 2);
}

}  // namespace
}  // namespace sagactl::sqlite
