// What every store keeps for the pages of nodes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contract/store_subject.hpp"

namespace sagactl {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class RecordStoreContract : public StoreKindTest {
 protected:
  RecordStore& records() { return subject->records(); }
  void add(const std::string& kind, const std::string& id) {
    ASSERT_TRUE(records().add_record(kind, id, R"({"of":")" + id + "\"}").value());
  }
  std::vector<std::string> ids(const std::string& kind, const RecordRange& range) {
    std::vector<std::string> found;
    for (const StoredRecord& each : records().records(kind, range).value()) found.push_back(each.id);
    return found;
  }
};

TEST_P(RecordStoreContract, ARecordIsAddedOnce) {
  const Timestamp before = subject->queries().database_time().value();
  EXPECT_TRUE(records().add_record("job", "a", R"({"n":1})").value());
  EXPECT_FALSE(records().add_record("job", "a", R"({"n":2})").value());
  EXPECT_TRUE(records().add_record("report", "a", R"({"n":3})").value()) << "another kind has ids of its own";
  const StoredRecord found = records().record("job", "a").value().value();
  EXPECT_EQ(found.kind, "job");
  EXPECT_EQ(found.id, "a");
  EXPECT_EQ(found.body, R"({"n":1})");
  EXPECT_EQ(found.version, 1);
  EXPECT_GE(found.created_at, before);
  EXPECT_EQ(found.updated_at, found.created_at);
  EXPECT_FALSE(records().record("job", "b").value());
}

TEST_P(RecordStoreContract, OfTwoWhoReplaceTheSameVersionOneDoes) {
  add("job", "a");
  EXPECT_TRUE(records().replace_record("job", "a", 1, R"({"by":1})").value());
  EXPECT_FALSE(records().replace_record("job", "a", 1, R"({"by":2})").value());
  EXPECT_TRUE(records().replace_record("job", "a", 2, R"({"by":3})").value());
  EXPECT_FALSE(records().replace_record("job", "b", 1, "{}").value()) << "there is none";
  const StoredRecord found = records().record("job", "a").value().value();
  EXPECT_EQ(found.body, R"({"by":3})");
  EXPECT_EQ(found.version, 3);
  EXPECT_GE(found.updated_at, found.created_at);
}

TEST_P(RecordStoreContract, ListsGoByIdInBothDirections) {
  for (const char* id : {"b/2", "a/1", "b/1", "c", "B"}) add("job", id);
  add("jobs", "b/1");
  EXPECT_THAT(ids("job", {}), ElementsAre("B", "a/1", "b/1", "b/2", "c")) << "as bytes";
  EXPECT_THAT(ids("job", {.last_first = true}), ElementsAre("c", "b/2", "b/1", "a/1", "B"));
  EXPECT_THAT(ids("job", {.from = "b/", .to = "b0"}), ElementsAre("b/1", "b/2"));
  EXPECT_THAT(ids("job", {.from = "b/1", .to = "b/2"}), ElementsAre("b/1")) << "without the end";
  EXPECT_THAT(ids("job", {.to = "c", .limit = 2, .last_first = true}), ElementsAre("b/2", "b/1"));
  EXPECT_THAT(ids("job", {.from = "c", .to = "b"}), IsEmpty());
  EXPECT_THAT(ids("none", {}), IsEmpty());
}

TEST_P(RecordStoreContract, RecordsAreRemovedOneByOneOrAllThatAreOlder) {
  for (const char* id : {"1", "2", "3", "4"}) add("job", id);
  add("report", "1");
  EXPECT_TRUE(records().remove_record("job", "4").value());
  EXPECT_FALSE(records().remove_record("job", "4").value());
  EXPECT_EQ(records().forget_records("job", "3", 1).value(), 1u);
  EXPECT_THAT(ids("job", {}), ElementsAre("2", "3"));
  EXPECT_EQ(records().forget_records("job", "3", 100).value(), 1u);
  EXPECT_EQ(records().forget_records("job", "3", 100).value(), 0u);
  EXPECT_THAT(ids("job", {}), ElementsAre("3"));
  EXPECT_THAT(ids("report", {}), ElementsAre("1")) << "of another kind";
}

TEST_P(RecordStoreContract, ABodyIsKeptAsItIsUpToItsLimit) {
  const std::string body = "{\"text\":\"" + std::string(record_bytes_max - 11, '\'') + "\"}";
  ASSERT_EQ(body.size(), record_bytes_max);
  EXPECT_TRUE(records().add_record("report", "가 'x", body).value());
  EXPECT_EQ(records().record("report", "가 'x").value()->body, body);
  for (const Result<bool>& refused :
       {records().add_record("report", "b", body + " "), records().replace_record("report", "가 'x", 1, body + " ")}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::invalid);
    EXPECT_EQ(refused.error().message, "a record has at most 2097152 bytes; this one has 2097153");
  }
}

INSTANTIATE_TEST_SUITE_P(Stores, RecordStoreContract, testing::ValuesIn(store_kinds()), name_of_kind);

class DurableRecords : public StoreKindTest {};

TEST_P(DurableRecords, OutliveTheirProcess) {
  ASSERT_TRUE(subject->records().add_record("job", "a", "{}").value());
  ASSERT_TRUE(subject->records().replace_record("job", "a", 1, R"({"n":1})").value());
  subject->reopen();
  EXPECT_EQ(subject->records().record("job", "a").value()->body, R"({"n":1})");
}

INSTANTIATE_TEST_SUITE_P(Stores, DurableRecords, testing::ValuesIn(durable_store_kinds()), name_of_kind);

}  // namespace
}  // namespace sagactl
