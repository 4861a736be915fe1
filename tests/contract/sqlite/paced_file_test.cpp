// That a log which is copied back reaches the disk a few pages at a time.
#include "server/adapters/sqlite/file/paced_file.hpp"

#include <gtest/gtest.h>

#include "tests/contract/scratch.hpp"
#include "tests/contract/sqlite/faulty_disk.hpp"

namespace sagactl::sqlite {
namespace {

// A file with a log of a thousand pages, to be copied back.
class LongLog : public testing::Test {
 protected:
  LongLog() {
    writer.begin_writing();
    writer.run("CREATE TABLE t (no INTEGER PRIMARY KEY, text BLOB)");
    writer.run(
        "WITH RECURSIVE n (no) AS (VALUES (1) UNION ALL SELECT no + 1 FROM n WHERE no < 1000) "
        "INSERT INTO t SELECT no, zeroblob(4000) FROM n");
    copier.begin_writing();
  }
  int copy() {
    return sqlite3_wal_checkpoint_v2(copier.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, &copied);
  }

  FaultyDisk disk;
  ScratchDirectory directory;
  SqliteConnection writer{directory.file("t.db"), SqliteConnection::Settings{.access = FileAccess::create}};
  SqliteConnection copier{directory.file("t.db"), SqliteConnection::Settings{.access = FileAccess::write}};
  int copied = 0;
};

TEST_F(LongLog, IsCopiedAtOnceByItself) {
  EXPECT_EQ(copy(), SQLITE_OK);
  EXPECT_GE(copied, 1000);
  EXPECT_GE(FaultyDisk::unsynced_writes_max(), 1000);
}

TEST_F(LongLog, IsCopiedAFewPagesAtATimeWhenPaced) {
  PacedFile file(copier);
  file.pace(true);
  EXPECT_EQ(copy(), SQLITE_OK);
  EXPECT_GE(copied, 1000);
  EXPECT_LE(FaultyDisk::unsynced_writes_max(), PacedFile::writes_at_once);
  EXPECT_EQ(writer.number("SELECT count(*) FROM t"), 1000);
}

TEST_F(LongLog, StaysWhenTheDiskFailsInBetween) {
  PacedFile file(copier);
  file.pace(true);
  FaultyDisk::fail_syncs(SQLITE_IOERR_FSYNC);
  EXPECT_EQ(copy() & 0xff, SQLITE_IOERR);
  EXPECT_LT(copied, 1000) << "what may not be on disk is not taken for copied";
  FaultyDisk::fail_syncs(SQLITE_OK);
  EXPECT_EQ(copy(), SQLITE_OK);
  EXPECT_GE(copied, 1000);
}

}  // namespace
}  // namespace sagactl::sqlite
