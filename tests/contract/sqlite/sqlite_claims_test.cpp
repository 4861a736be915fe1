// Recent and settled claims read as one table: the last record of a key counts, in the writer's memory,
// beside it, and in the next process.
#include <gtest/gtest.h>

#include <map>

#include "common/random.hpp"
#include "server/adapters/sqlite/migrations.hpp"
#include "server/adapters/sqlite/tables/claim_table.hpp"
#include "tests/contract/scratch.hpp"

namespace sagactl::sqlite {
namespace {

constexpr int batches = 1'500, puts = 200;
constexpr std::int64_t keys = 1'000'000;
constexpr std::uint64_t seed = 7;

class SqliteClaims : public testing::Test {
 protected:
  SqliteClaims() {
    migrate(writer);
    writer.begin_writing();
    writer.run("PRAGMA synchronous = OFF");
    // One flow that all claims name; which one is not what is tested.
    writer.run("INSERT INTO flow (no, id, order_status) VALUES (1, x'000102030405060708090a0b0c0d0e0f', 0)");
  }

  ScratchDirectory directory;
  SqliteConnection writer{directory.file("claims.db"), {FileAccess::create, 8 * 1024}};
  SqliteConnection reader{directory.file("claims.db"), {FileAccess::write, 8 * 1024}};
};

KeyDigest key_no(std::int64_t number) {
  return digest_of_key("key-" + std::to_string(number));
}

TEST_F(SqliteClaims, WhatWasSaidLastOfAKeyCounts) {
  ClaimTable claims(writer);
  std::map<KeyDigest, bool> model;  // key: live
  Random random(seed);
  std::size_t settled_most = 0;
  for (int batch = 0; batch < batches; ++batch) {
    SqliteTransaction transaction(writer, SqliteTransaction::Kind::write);
    std::map<KeyDigest, bool> said;
    for (int i = 0; i < puts; ++i) {
      const KeyDigest key = key_no(static_cast<std::int64_t>(random.next() % keys));
      said[key] = random.chance(0.5);
    }
    std::vector<Claim> put;
    for (const auto& [key, live] : said) put.push_back({key, {}, live});
    PartsOfFlows<Claim> parts;
    for (const Claim& claim : put) parts.emplace_back(1, &claim);
    claims.put(parts);
    claims.settle();
    if (batch == 300 || batch == 1'100) {  // the commit fails: nothing of this is stored
      claims.forget();
      continue;
    }
    transaction.commit();
    for (const auto& [key, live] : said) model[key] = live;
    settled_most = std::max(settled_most, static_cast<std::size_t>(writer.number("SELECT count(*) FROM claim")));
  }
  EXPECT_GT(settled_most, 10'000u) << "most of what was said long ago is settled";
  EXPECT_LT(writer.number("SELECT count(*) FROM recent_claim"), 150'000) << "and is not kept twice for long";

  ClaimTable beside(reader), next_process(writer);
  for (std::int64_t i = 0; i < keys; i += 37) {
    const KeyDigest key = key_no(i);
    const auto expected = model.find(key);
    for (const auto& found : {claims.find({key, key}), next_process.find({key})}) {
      ASSERT_EQ(found.size(), expected != model.end() ? 1u : 0u) << "key " << i;
      if (!found.empty()) {
        ASSERT_EQ(found.front().live, expected->second) << "key " << i;
      }
    }
  }
  for (std::int64_t i = 0; i < keys; i += 100'003) {
    const auto found = beside.look_up(key_no(i));
    const auto expected = model.find(key_no(i));
    ASSERT_EQ(found.has_value(), expected != model.end());
    if (found) {
      EXPECT_EQ(found->live, expected->second);
    }
  }
  std::size_t told = 0;
  beside.each([&](const Claim& claim) {
    EXPECT_EQ(claim.live, model.at(claim.key));
    return ++told > 0;
  });
  EXPECT_EQ(told, model.size());
}

}  // namespace
}  // namespace sagactl::sqlite
