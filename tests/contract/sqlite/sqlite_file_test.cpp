// What is SQLite's own: the file, who may use it, and what happens when it or its disk is not as it should
// be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "server/adapters/sqlite/sqlite_migrations.hpp"
#include "server/adapters/sqlite/sqlite_store.hpp"
#include "tests/contract/scratch.hpp"
#include "tests/contract/sqlite/faulty_disk.hpp"
#include "tests/contract/sqlite/sql_session.hpp"
#include "tests/contract/writing.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class SqliteFile : public testing::Test, public StoreSubject {
 public:
  Store& store() override { return *store_; }
  Queries& queries() override { return *store_; }
  HistorySource& history() override { return *store_; }
  RecordStore& records() override { return *store_; }
  void reopen() override {
    store_.reset();
    auto opened = try_open();
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
  }

 protected:
  Result<std::unique_ptr<SqliteStore>> try_open() { return open_sqlite({.path = path}, clock); }
  void close() { store_.reset(); }

  ScratchDirectory directory;
  const std::string path = directory.file("sagactl.db");

 private:
  std::unique_ptr<SqliteStore> store_;
};

TEST_F(SqliteFile, IsServedByOneProcessAtATime) {
  reopen();
  const auto second = try_open();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
  EXPECT_THAT(second.error().message, HasSubstr(path + " is served by another sagactl (process " +
                                                std::to_string(getpid()) + "); stop it, or use another --data"));
  const auto migrated = migrate_sqlite(path);
  ASSERT_FALSE(migrated);
  EXPECT_EQ(migrated.error().code, ErrorCode::conflict);
  close();
  EXPECT_TRUE(try_open());
}

// Every process that held a lease in it has ended, however far ahead its clock was.
TEST_F(SqliteFile, LeasesInItAreOverWhenItIsOpenedAgain) {
  reopen();
  WriterNode gone(*this, "gone", 1h);
  gone.create({1});
  reopen();
  WriterNode adopter(*this, "adopter", 100s);
  EXPECT_EQ(store().adopt(adopter.writer(), Owners::dead, 10).value(), std::vector<OrderId>{order_id(1)});
}

TEST_F(SqliteFile, TimesGoOnFromWhatItHoldsWhenTheTimeOfDayIsSetBackMeanwhile) {
  reopen();
  Timestamp before, after;
  {
    WriterNode node(*this, "node-1");
    node.write([&](ChangeList&, Timestamp now) { before = now; });
  }
  clock.step(-24h);
  reopen();
  WriterNode node(*this, "node-1");
  clock.advance(60s);
  node.write([&](ChangeList&, Timestamp now) { after = now; });
  EXPECT_GE(after - before, 50s);
  EXPECT_LE(after - before, 60s);
}

TEST_F(SqliteFile, ANewFileIsMigratedOnceAndSaysSo) {
  const auto applied = migrate_sqlite(path);
  ASSERT_TRUE(applied) << applied.error().message;
  EXPECT_THAT(*applied, Not(IsEmpty()));
  EXPECT_THAT(migrate_sqlite(path).value(), IsEmpty());
  for (const SchemaMigration& migration : sqlite_migrations(path).value()) {
    EXPECT_TRUE(migration.applied) << migration.name;
    EXPECT_GT(migration.applied_at, Timestamp{}) << migration.name;
  }
  reopen();
}

TEST_F(SqliteFile, AMigrationThatFailsLeavesNothingBehind) {
  ASSERT_TRUE(migrate_sqlite(path));
  {
    SqlSession sql(path);
    sql.run("DROP VIEW orders; DELETE FROM schema_migration WHERE number >= 2");
  }
  const auto again = migrate_sqlite(path);  // the other views are still there
  ASSERT_FALSE(again);
  EXPECT_EQ(SqlSession(path).text("SELECT count(*) FROM sqlite_schema WHERE name = 'orders'"), "0");
  EXPECT_EQ(SqlSession(path).text("SELECT max(number) FROM schema_migration"), "1");
}

TEST_F(SqliteFile, OfANewerSagactlIsRefused) {
  reopen();
  close();
  SqlSession(path).run("INSERT INTO schema_migration VALUES (99, '0099_later.sql', 'x', 0)");
  for (const Error& error : {try_open().error(), open_sqlite_history(path).error(), sqlite_migrations(path).error()}) {
    EXPECT_EQ(error.code, ErrorCode::invalid);
    EXPECT_THAT(error.message, HasSubstr(path + " has schema 99"));
  }
}

TEST_F(SqliteFile, WhoseMigrationsDifferIsRefused) {
  reopen();
  close();
  SqlSession(path).run("UPDATE schema_migration SET checksum = 'x' WHERE number = 1");
  EXPECT_EQ(try_open().error().code, ErrorCode::invalid);
  EXPECT_THAT(try_open().error().message, HasSubstr("0001_initial.sql"));
}

TEST_F(SqliteFile, OfAnotherProgramIsRefusedAndLeftAlone) {
  SqlSession(path).run("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)");
  for (const Error& error : {try_open().error(), open_sqlite_history(path).error()}) {
    EXPECT_EQ(error.code, ErrorCode::invalid);
    EXPECT_THAT(error.message, HasSubstr("another program"));
  }
  EXPECT_EQ(SqlSession(path).text("PRAGMA journal_mode"), "delete");
  EXPECT_EQ(SqlSession(path).text("SELECT count(*) FROM sqlite_schema"), "1");
}

TEST_F(SqliteFile, ThatIsNoDatabaseIsSaidToBeNone) {
  std::ofstream(path) << "The quick brown fox jumps over the lazy dog, again and again and again and again and again.";
  for (const Error& error : {try_open().error(), open_sqlite_history(path).error()}) {
    EXPECT_EQ(error.code, ErrorCode::unavailable);
    EXPECT_THAT(error.message, HasSubstr(path + " is not an SQLite database"));
  }
}

TEST_F(SqliteFile, ThatIsNotThereIsMissedByReaders) {
  EXPECT_EQ(open_sqlite_history(path).error().code, ErrorCode::not_found);
  EXPECT_EQ(sqlite_migrations(path).error().code, ErrorCode::not_found);
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_EQ(open_sqlite({.path = directory.file("no/such/directory/x.db")}, clock).error().code,
            ErrorCode::unavailable);
}

TEST_F(SqliteFile, IsReadBesideItsServerAndWithoutIt) {
  reopen();
  WriterNode node(*this, "node-1");
  node.create({1});
  const auto count = [&](HistorySource& source) {
    int flows = 0;
    auto snapshot = source.snapshot();
    EXPECT_TRUE(snapshot) << snapshot.error().message;
    EXPECT_TRUE((*snapshot)->each_flow({}, [&](const FlowHistory&) { return ++flows > 0; }));
    return flows;
  };
  const auto beside = open_sqlite_history(path);
  ASSERT_TRUE(beside) << beside.error().message;
  EXPECT_EQ(count(**beside), 1);
  const auto held = (*beside)->snapshot();
  node.create({2, 3});  // a reader keeps no writer waiting
  EXPECT_EQ(count(**beside), 3);
  EXPECT_GE((*beside)->snapshot().value()->taken_at(), queries().database_time().value());
  close();
  EXPECT_EQ(count(**beside), 3);
  const auto alone = open_sqlite_history(path);
  ASSERT_TRUE(alone) << alone.error().message;
  EXPECT_EQ(count(**alone), 3);
}

// Overwrites all pages from `first` on.
void damage(const std::string& path, std::size_t first) {
  constexpr std::size_t page = 4096;
  const std::size_t size = std::filesystem::file_size(path);
  ASSERT_GT(size, first * page);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(first * page));
  const std::string garbage(size - first * page, '\x5a');
  file.write(garbage.data(), static_cast<std::streamsize>(garbage.size()));
}

TEST_F(SqliteFile, ThatIsDamagedIsSaidToBeAndNothingIsAcknowledged) {
  reopen();
  WriterNode node(*this, "node-1");
  for (int i = 0; i < 100; ++i) node.create({i});
  close();
  damage(path, 60);  // the schema and the roots of the tables stand before that

  reopen();
  const auto read = queries().flow(order_id(99));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::unavailable);
  EXPECT_THAT(read.error().message, HasSubstr(path + " is damaged"));
  EXPECT_FALSE(history().snapshot().value()->each_flow({}, [](const FlowHistory&) { return true; }));
  const auto commit = node.try_write([&](ChangeList& list, Timestamp now) { list.create(new_flow(100, {}, now)); });
  ASSERT_FALSE(commit);
  EXPECT_EQ(commit.error().code, ErrorCode::unavailable);
  EXPECT_THAT(commit.error().message, HasSubstr("is damaged"));
}

TEST_F(SqliteFile, WhoseBeginningIsDamagedIsNotServed) {
  reopen();
  close();
  damage(path, 0);
  for (const Error& error : {try_open().error(), open_sqlite_history(path).error()})
    EXPECT_EQ(error.code, ErrorCode::unavailable) << error.message;
}

class SqliteOnAFaultyDisk : public SqliteFile {
 protected:
  SqliteOnAFaultyDisk() { reopen(); }
  ~SqliteOnAFaultyDisk() override {
    FaultyDisk::fail_writes(SQLITE_OK);
    FaultyDisk::fail_syncs(SQLITE_OK);
    FaultyDisk::fail_sharing(SQLITE_OK);
    close();
  }

  Result<Commit> try_create(WriterNode& node, int number) {
    return node.try_write([&](ChangeList& list, Timestamp now) {
      const Flow flow = new_flow(number, node.owner(), now);
      list.create(flow).add(node.event(flow, EventType::order_created, now));
    });
  }

  // Once more after it has worked again, and as a new process would find it.
  void expect_only_later_orders(WriterNode& node) {
    EXPECT_FALSE(queries().flow(order_id(2)).value());
    EXPECT_FALSE(store().has_event("node-1", 2).value());
    const auto later = try_create(node, 3);
    ASSERT_TRUE(later) << later.error().message;
    reopen();
    EXPECT_TRUE(queries().flow(order_id(1)).value());
    EXPECT_FALSE(queries().flow(order_id(2)).value());
    EXPECT_TRUE(queries().flow(order_id(3)).value());
    EXPECT_EQ(queries().counts().value().orders.at(OrderStatus::pending), 2);
  }

 private:
  FaultyDisk disk_;
};

TEST_F(SqliteOnAFaultyDisk, AFullDiskIsSaidAndNothingIsWritten) {
  WriterNode node(*this, "node-1");
  node.create({1});
  FaultyDisk::fail_writes(SQLITE_FULL);
  const auto commit = try_create(node, 2);
  ASSERT_FALSE(commit);
  EXPECT_EQ(commit.error().code, ErrorCode::unavailable);
  EXPECT_THAT(commit.error().message, HasSubstr("is full"));
  EXPECT_TRUE(queries().flow(order_id(1)).value()) << "reading goes on";
  FaultyDisk::fail_writes(SQLITE_OK);
  expect_only_later_orders(node);
}

TEST_F(SqliteOnAFaultyDisk, ACommitWhoseSyncFailsHasAnUnknownOutcome) {
  WriterNode node(*this, "node-1");
  node.create({1});
  FaultyDisk::fail_syncs(SQLITE_IOERR_FSYNC);
  const auto commit = try_create(node, 2);
  ASSERT_FALSE(commit);
  EXPECT_EQ(commit.error().code, ErrorCode::unknown_outcome);
  FaultyDisk::fail_syncs(SQLITE_OK);
  expect_only_later_orders(node);
}

TEST_F(SqliteOnAFaultyDisk, ACommitThatRunsOutOfMemoryHasAnUnknownOutcome) {
  WriterNode node(*this, "node-1");
  node.create({1});
  FaultyDisk::fail_syncs(SQLITE_IOERR_NOMEM);
  const auto commit = try_create(node, 2);
  ASSERT_FALSE(commit);
  EXPECT_EQ(commit.error().code, ErrorCode::unknown_outcome);
  EXPECT_THAT(commit.error().message, HasSubstr("out of memory"));
  FaultyDisk::fail_syncs(SQLITE_OK);
  expect_only_later_orders(node);
}

// Its pages are complete in the log, and a process that was killed now would leave them to the next one.
TEST_F(SqliteOnAFaultyDisk, ACommitThatIsSaidNotToHaveHappenedDoesNotHappenAfterAKillEither) {
  WriterNode node(*this, "node-1");
  node.create({1});
  FaultyDisk::fail_syncs(SQLITE_IOERR_FSYNC);
  ASSERT_FALSE(try_create(node, 2));
  EXPECT_FALSE(store().has_event("node-1", 2)) << "it cannot be said yet";
  FaultyDisk::fail_syncs(SQLITE_OK);
  const auto happened = store().has_event("node-1", 2);
  ASSERT_TRUE(happened) << happened.error().message;
  EXPECT_FALSE(*happened);
  const std::string left = directory.file("left.db");
  for (const char* part : {"", "-wal"}) std::filesystem::copy_file(path + part, left + part);
  const auto next = open_sqlite({.path = left}, clock);
  ASSERT_TRUE(next) << next.error().message;
  EXPECT_TRUE((*next)->flow(order_id(1)).value());
  EXPECT_FALSE((*next)->flow(order_id(2)).value());
}

TEST_F(SqliteOnAFaultyDisk, WhatFailsSaysWhatToDo) {
  close();
  for (const auto& [code, advice] :
       {std::pair(SQLITE_IOERR_SHMSIZE, "is full"), std::pair(SQLITE_IOERR_SHMOPEN, "a disk of this machine"),
        std::pair(SQLITE_IOERR_SHMMAP, "a disk of this machine")}) {
    FaultyDisk::fail_sharing(code);
    const auto opened = try_open();
    FaultyDisk::fail_sharing(SQLITE_OK);
    ASSERT_FALSE(opened) << code;
    EXPECT_EQ(opened.error().code, ErrorCode::unavailable) << code;
    EXPECT_THAT(opened.error().message, HasSubstr(advice)) << code;
  }
  reopen();
  WriterNode node(*this, "node-1");
  FaultyDisk::fail_writes(SQLITE_IOERR_WRITE);
  EXPECT_THAT(try_create(node, 1).error().message, HasSubstr("quota"));
  FaultyDisk::fail_writes(SQLITE_OK);
  FaultyDisk::fail_syncs(SQLITE_IOERR_FSYNC);
  EXPECT_THAT(try_create(node, 2).error().message, HasSubstr("may not have reached its disk"));
}

TEST_F(SqliteOnAFaultyDisk, AWriteThatFailsIsNeverAcknowledged) {
  WriterNode node(*this, "node-1");
  node.create({1});
  FaultyDisk::fail_writes(SQLITE_IOERR_WRITE);
  ASSERT_FALSE(try_create(node, 2));
  FaultyDisk::fail_writes(SQLITE_OK);
  expect_only_later_orders(node);
}

TEST_F(SqliteFile, WhatIsAcknowledgedOutlivesAKill) {
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::close(pipe[0]);
    reopen();
    WriterNode node(*this, "node-1");
    for (int number = 1;; ++number) {
      node.create({number});
      if (::write(pipe[1], "x", 1) != 1) ::_exit(1);
    }
  }
  ::close(pipe[1]);
  int acknowledged = 0;
  char byte;
  while (acknowledged < 25 && ::read(pipe[0], &byte, 1) == 1) ++acknowledged;
  ::kill(child, SIGKILL);
  while (::read(pipe[0], &byte, 1) == 1) ++acknowledged;
  ::close(pipe[0]);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);

  reopen();
  EXPECT_GE(acknowledged, 25);
  for (int number = 1; number <= acknowledged; ++number)
    EXPECT_TRUE(queries().flow(order_id(number)).value()) << number;
  EXPECT_EQ(SqlSession(path).text("PRAGMA integrity_check"), "ok");
}

}  // namespace
}  // namespace sagactl
