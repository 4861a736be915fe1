// Events that follow each other are one row: what users' SQL and a node of the build before see of them.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "tests/contract/grouped_events.hpp"
#include "tests/contract/postgres/postgres_subject.hpp"

namespace sagactl {
namespace {

using testing::SizeIs;

class PostgresEventGroups : public testing::Test {
 protected:
  void SetUp() override {
    SAGACTL_NEEDS(postgres_url(), "PostgreSQL");
    subject = std::make_unique<PostgresSubject>(*postgres_url());
    written.emplace(*subject);
    one = written->one;
  }

  std::string text(const std::string& sql) { return subject->sql().text(sql); }
  // The sequences of the node's rows, each with the number of its events.
  std::string rows() {
    return text(
        "SELECT string_agg(sequence || ':' || 1 + coalesce(cardinality(earlier), 0), ' ' ORDER BY sequence) "
        "FROM event_group");
  }

  std::unique_ptr<PostgresSubject> subject;
  std::optional<GroupedEvents> written;
  Flow one;
};

TEST_F(PostgresEventGroups, ARowIsTheEventsOfOneFlowThatFollowEachOther) {
  EXPECT_EQ(rows(), "3:3 4:1 5:1 6:1 7:1 8:1")
      << "a rare event is the last of its row, and one of no flow the only one";
}

TEST_F(PostgresEventGroups, EachEventOfARowCanBeDeleted) {
  PostgresSession& sql = subject->sql();
  sql.run("DELETE FROM event_store WHERE sequence = 1");
  EXPECT_EQ(rows(), "3:2 4:1 5:1 6:1 7:1 8:1");
  sql.run("DELETE FROM event_store WHERE sequence = 3");
  EXPECT_EQ(rows(), "2:1 4:1 5:1 6:1 7:1 8:1") << "the one before it is the last of the row";
  const auto left = subject->queries().flow_events(one.order.id).value();
  ASSERT_THAT(left, SizeIs(2));
  EXPECT_EQ(describe(left[0]), describe(written->events[1]));
  sql.run("DELETE FROM event_store WHERE sequence = 2");
  EXPECT_EQ(rows(), "4:1 5:1 6:1 7:1 8:1");
  sql.run("DELETE FROM event_store");
  EXPECT_EQ(text("SELECT count(*) FROM event_group"), "0");
  EXPECT_TRUE(subject->queries().counts().value().events.empty());
  EXPECT_EQ(text("SELECT sum(n) FROM (SELECT count(*) AS n FROM uncounted WHERE kind = 2) AS u"), "8");
}

// A rolling upgrade: the statements are those of the build before this one.
TEST_F(PostgresEventGroups, ANodeOfTheBuildBeforeReadsThemAndWritesItsOwn) {
  PostgresSession& sql = subject->sql();
  sql.run("INSERT INTO node (name, epoch) VALUES ('old', 1)");
  sql.run(fmt::format(
      "INSERT INTO event (node, sequence, flow, type, aggregate_type, aggregate, version, occurred_at, data, metadata, "
      "correlation, after_event) SELECT (SELECT no FROM node WHERE name = 'old')::bigint, * FROM unnest(ARRAY[ROW(1, "
      "'{0}', 3, 0, NULL, 9, {1}, '{{\"x\":1}}', NULL, 'request-1', (1::bigint << 40) | 8)::event_row, ROW(2, '{0}', "
      "2, "
      "0, NULL, 10, {1}, '{{}}', NULL, 'request-1', NULL)::event_row])",
      one.order.id.text(), subject->clock.now().us + 10));
  const std::string outbox =
      "SELECT string_agg(e.sequence || '' || coalesce(':' || e.after_event % 16, ''), ' ' ORDER BY e.sequence) FROM "
      "(SELECT e.sequence, e.after_event FROM event AS e WHERE e.node = (SELECT no FROM node WHERE name = '{}') AND "
      "e.sequence > {} ORDER BY e.sequence LIMIT 5) AS e";
  EXPECT_EQ(text(fmt::format(fmt::runtime(outbox), "new", 1)), "2 3 4 5 6") << "those of a new node that is gone";
  EXPECT_EQ(text(fmt::format(fmt::runtime(outbox), "old", 0)), "1:8 2");
  EXPECT_EQ(text(fmt::format("SELECT DISTINCT ON (flow) node, sequence FROM event WHERE flow = ANY "
                             "('{{{}}}'::uuid[]) ORDER BY flow, occurred_at DESC, sequence DESC",
                             one.order.id.text())),
            text("SELECT no, 2 FROM node WHERE name = 'old'"));
  EXPECT_EQ(text(fmt::format("SELECT count(*) FROM event AS e WHERE e.flow = '{}'", one.order.id.text())), "6");

  const auto of_one = subject->queries().flow_events(one.order.id).value();
  ASSERT_THAT(of_one, SizeIs(6));
  EXPECT_EQ(of_one.back().sequence, 2);
  EXPECT_EQ(of_one.back().version, 10);
  EXPECT_EQ(text("SELECT count(*) FROM event_store"), "10");
}

// Events of before its first groups are not looked through for earlier ones by a view on which a build before relies.
TEST_F(PostgresEventGroups, ANodeSaysSinceWhenItWritesThem) {
  EXPECT_EQ(text("SELECT groups_after FROM node WHERE name = 'new'"), "0");
  WriterNode again(*subject, "new");
  EXPECT_EQ(text("SELECT groups_after FROM node WHERE name = 'new'"), "0");
  subject->sql().run("INSERT INTO node (name, last_sequence) VALUES ('upgraded', 7)");
  WriterNode upgraded(*subject, "upgraded");
  EXPECT_EQ(text("SELECT groups_after FROM node WHERE name = 'upgraded'"), "7");
}

}  // namespace
}  // namespace sagactl
