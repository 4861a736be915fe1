// Records that are too many for memory: the results are the same in memory and in a file.
#include <gtest/gtest.h>

#include "common/random.hpp"
#include "common/records/record_collector.hpp"
#include "common/records/record_sorter.hpp"

namespace sagactl {
namespace {

struct NumberedRecord {
  std::uint64_t key = 0;
  std::uint32_t number = 0;
  friend bool operator==(const NumberedRecord&, const NumberedRecord&) = default;
};

bool by_key(const NumberedRecord& a, const NumberedRecord& b) {
  return a.key != b.key ? a.key < b.key : a.number < b.number;
}

std::vector<NumberedRecord> some(std::uint32_t count) {
  Random random(count);
  std::vector<NumberedRecord> records;
  for (std::uint32_t i = 0; i < count; ++i) records.push_back({random.below(count / 2 + 1), i});
  return records;
}

struct RecordPlace {
  const char* name;
  Scratch scratch;
  std::uint32_t count;
};
const RecordPlace places[] = {
    {"nothing", {}, 0},
    {"in memory", {::testing::TempDir(), 10'000}, 10'000},
    {"one more than goes into memory", {::testing::TempDir(), 10'000}, 10'001},
    {"in many runs", {::testing::TempDir(), 777}, 100'000},
    {"in a file, to the last", {::testing::TempDir(), 5'000}, 100'000},
    {"nowhere to go but memory", {"/nonexistent", 777}, 10'000},
};

TEST(RecordSorter, ReturnsAllInOrder) {
  for (const RecordPlace& place : places) {
    SCOPED_TRACE(place.name);
    std::vector<NumberedRecord> records = some(place.count);
    RecordSorter<NumberedRecord> sorter(place.scratch, by_key);
    for (const NumberedRecord& record : records) sorter.add(record);
    EXPECT_EQ(sorter.size(), place.count);
    std::sort(records.begin(), records.end(), by_key);
    for (const NumberedRecord& record : records) {
      const NumberedRecord* next = sorter.next();
      ASSERT_NE(next, nullptr);
      ASSERT_EQ(*next, record);
    }
    EXPECT_EQ(sorter.next(), nullptr);
    EXPECT_EQ(sorter.next(), nullptr);
  }
}

TEST(RecordCollector, ReturnsEveryRecordByItsIndex) {
  for (const RecordPlace& place : places) {
    SCOPED_TRACE(place.name);
    const std::vector<NumberedRecord> records = some(place.count);
    RecordCollector<NumberedRecord> collector(place.scratch);
    for (const NumberedRecord& record : records) collector.add(record);
    EXPECT_EQ(collector.size(), records.size());
    const Records<NumberedRecord> list = collector.take();
    ASSERT_EQ(list.size(), records.size());
    EXPECT_EQ(list.empty(), records.empty());
    EXPECT_TRUE(std::equal(list.begin(), list.end(), records.begin(), records.end()));
    for (std::size_t i = 0; i < records.size(); i += 97) {
      ASSERT_EQ(list[i], records[i]);
      ASSERT_EQ(list.place_of(list[i]), i);
    }
    EXPECT_TRUE(std::equal(list.begin(), list.end(), records.begin(), records.end())) << "again";
  }
}

}  // namespace
}  // namespace sagactl
