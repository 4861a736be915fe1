#include "loadgen/ledger/entry_store.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "common/random.hpp"

namespace sagactl {
namespace {

LedgerEntry entry_of(std::uint64_t operation) {
  LedgerEntry entry;
  entry.operation = operation;
  entry.group = static_cast<std::uint32_t>(operation * 7);
  return entry;
}

// Two threads add `count` entries, half each, nearly in order like answers; every tenth
// operation is missing.
LedgerEntries filled(EntryStore& store, std::uint64_t count) {
  const auto worker = [&](std::uint64_t part) {
    Random random(part);
    std::vector<std::uint64_t> operations;
    for (std::uint64_t operation = part; operation < count; operation += 2)
      if (operation % 10 != 9) operations.push_back(operation);
    for (std::size_t i = 0; i + 100 < operations.size(); i += 50)
      std::swap(operations[i], operations[i + random.below(100)]);
    EntryChunk chunk = store.empty_chunk();
    for (const std::uint64_t operation : operations) {
      chunk.push_back(entry_of(operation));
      if (chunk.size() < EntryStore::chunk_size) continue;
      store.add(std::move(chunk));
      chunk = store.empty_chunk();
    }
    store.add(std::move(chunk));
  };
  std::thread even([&] { worker(0); });
  worker(1);
  even.join();
  return store.take();
}

void expect_all(const LedgerEntries& entries, std::uint64_t count) {
  ASSERT_EQ(entries.size(), count / 10 * 9);
  std::uint64_t operation = 0;
  for (const LedgerEntry& entry : entries) {
    ASSERT_EQ(entry, entry_of(operation));
    ++operation;
    if (operation % 10 == 9) ++operation;
  }
}

TEST(EntryStore, ReturnsFewEntriesFromMemoryInOrder) {
  EntryStore store({::testing::TempDir(), 100'000});
  const LedgerEntries entries = filled(store, 50'000);
  EXPECT_FALSE(entries.is_in_file());
  expect_all(entries, 50'000);
}

TEST(EntryStore, ReturnsManyEntriesFromAFileInOrder) {
  EntryStore store({::testing::TempDir(), 20'000});
  const LedgerEntries entries = filled(store, 300'000);
  EXPECT_TRUE(entries.is_in_file());
  expect_all(entries, 300'000);
  expect_all(entries, 300'000);
  EXPECT_EQ(*entries.find(250'001), entry_of(250'001));
  EXPECT_EQ(entries.find(250'009), nullptr);
  EXPECT_EQ(entries.find(299'999), nullptr);
}

TEST(EntryStore, KeepsWhatItCannotWrite) {
  EntryStore store({"/dev/null", 20'000});
  const LedgerEntries entries = filled(store, 100'000);
  EXPECT_FALSE(entries.is_in_file());
  expect_all(entries, 100'000);
}

TEST(LedgerEntries, InAFileComeIntoMemoryWhenTheyAreChanged) {
  EntryStore store({::testing::TempDir(), 0});
  LedgerEntries entries = filled(store, 100'000);
  ASSERT_TRUE(entries.is_in_file());
  const LedgerEntries before = entries;
  entries[3].group = 1;
  EXPECT_FALSE(entries.is_in_file());
  EXPECT_EQ(entries.size(), before.size());
  EXPECT_NE(entries, before);
  entries[3] = before[3];
  EXPECT_EQ(entries, before);
}

}  // namespace
}  // namespace sagactl
