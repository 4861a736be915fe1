// Events that follow each other are one row: what is in the file, and what users' SQL sees of it.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/adapters/sqlite/sqlite_store.hpp"
#include "tests/contract/grouped_events.hpp"
#include "tests/contract/scratch.hpp"
#include "tests/contract/sqlite/sql_session.hpp"

namespace sagactl {
namespace {

using testing::SizeIs;

class SqliteEventGroups : public testing::Test, public StoreSubject {
 public:
  Store& store() override { return *store_; }
  Queries& queries() override { return *store_; }
  HistorySource& history() override { return *store_; }
  RecordStore& records() override { return *store_; }
  void reopen() override { crash("these tests use one life of the store"); }

 private:
  ScratchDirectory directory_;
  const std::string path_ = directory_.file("sagactl.db");
  std::unique_ptr<SqliteStore> store_ = open_sqlite({.path = path_}, clock).value();

 protected:
  // The sequences of the rows, each with the number of its events.
  std::string rows() {
    return sql.text(
        "SELECT group_concat(sequence || ':' || (1 + coalesce(json_array_length(earlier), 0)), ' ') FROM event_group");
  }

  SqlSession sql{path_};
  GroupedEvents written{*this};
};

TEST_F(SqliteEventGroups, ARowIsTheEventsOfOneFlowThatFollowEachOther) {
  EXPECT_EQ(rows(), "3:3 4:1 5:1 6:1 7:1 8:1")
      << "a rare event is the last of its row, and one of no flow the only one";
}

TEST_F(SqliteEventGroups, UsersSqlSeesSingleEvents) {
  std::string expected;
  for (const Event& event : written.events)
    expected +=
        fmt::format("{}{}|{}|{}|{}|{}|{}|new|{}", expected.empty() ? "" : "\n", event.sequence, to_string(event.type),
                    event.aggregate.text(), event.data, event.metadata.empty() ? "-" : event.metadata, event.version,
                    iso8601_us(event.occurred_at));
  EXPECT_EQ(sql.text(R"(SELECT sequence, "eventType", "aggregateId", "eventData", metadata, version, "nodeId",
                        "occurredAt" FROM event_store)"),
            expected)
      << "in their order";
  EXPECT_EQ(sql.text("SELECT count(*), count(DISTINCT id) FROM event_store"), "8|8");
  EXPECT_EQ(sql.text("SELECT group_concat(sequence, ' ') FROM event_store WHERE flow = 1"), "1 2 3 8");
}

TEST_F(SqliteEventGroups, ThatCannotBeReadAreAnError) {
  for (const char* list :
       {"[[2,", "[[2,1,null,1,0,0,2,{}]", "[[2,1,null,1,0,0,3,{}]]", "[[2,1,null,1,\"x\",0,2,{}]]", "{}"}) {
    sql.run(fmt::format("UPDATE event_group SET earlier = '{}' WHERE sequence = 3", list));
    const auto events = queries().flow_events(written.one.order.id);
    ASSERT_FALSE(events) << list;
    EXPECT_EQ(events.error().code, ErrorCode::bug);
  }
}

TEST_F(SqliteEventGroups, AFlowsEventsAreFoundByIndex) {
  EXPECT_THAT(sql.text(R"(EXPLAIN QUERY PLAN SELECT "eventData" FROM event_store WHERE flow = 1)"),
              testing::HasSubstr("USING INDEX event_flow"));
}

TEST_F(SqliteEventGroups, EachEventOfARowCanBeDeleted) {
  sql.run("DELETE FROM event_store WHERE sequence = 1");
  EXPECT_EQ(rows(), "2:1 3:1 4:1 5:1 6:1 7:1 8:1") << "the others become rows of their own";
  const auto left = queries().flow_events(written.one.order.id).value();
  ASSERT_THAT(left, SizeIs(3));
  EXPECT_EQ(describe(left[0]), describe(written.events[1]));
  EXPECT_EQ(describe(left[1]), describe(written.events[2]));
  EXPECT_EQ(sql.text(R"(SELECT "aggregateId" FROM event_store WHERE sequence = 2)"),
            written.events[1].aggregate.text());
  sql.run("DELETE FROM event_store WHERE sequence = 3");
  EXPECT_EQ(rows(), "2:1 4:1 5:1 6:1 7:1 8:1");
  sql.run("DELETE FROM event_store");
  EXPECT_EQ(sql.text("SELECT count(*) FROM event_group"), "0");
  EXPECT_TRUE(queries().counts().value().events.empty());
}

TEST_F(SqliteEventGroups, TheLastEventOfARowCanBeDeleted) {
  sql.run("DELETE FROM event_store WHERE sequence = 3");
  EXPECT_EQ(rows(), "1:1 2:1 4:1 5:1 6:1 7:1 8:1");
  const auto left = queries().flow_events(written.one.order.id).value();
  ASSERT_THAT(left, SizeIs(3));
  for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(describe(left[i]), describe(written.events[i]));
  sql.run("DELETE FROM event_store WHERE sequence > 0");
  EXPECT_EQ(sql.text("SELECT count(*) FROM event_group"), "0");
}

}  // namespace
}  // namespace sagactl
