#include "loadgen/orders/product.hpp"

#include <gtest/gtest.h>

#include <set>

namespace sagactl {
namespace {

TEST(ProductId, NamesRunKindGroupAndItem) {
  EXPECT_EQ(product_id("k3f9", OrderKind::duplicate, 42, 0), "LT-k3f9-D-00000042");
  EXPECT_EQ(product_id("k3f9", OrderKind::single, 0, 2), "LT-k3f9-S-00000000-3");
  EXPECT_NE(product_id("k3f9", OrderKind::payment_fail, 1, 1).find("PAYMENT_FAIL"), std::string::npos);
  EXPECT_TRUE(product_id("k3f9", OrderKind::single, 1, 0).starts_with(product_prefix("k3f9")));
}

TEST(ProductId, IsReadBack) {
  for (const auto kind : {OrderKind::single, OrderKind::duplicate, OrderKind::payment_fail}) {
    for (const std::uint32_t group : {0u, 7u, 99'999'999u}) {
      for (const std::uint32_t item : {0u, 1u, 49u}) {
        const ProductRef product{"abc0", kind, group, item};
        EXPECT_EQ(parse_product_id(product_id("abc0", kind, group, item)), product);
      }
    }
  }
}

TEST(ProductId, IsNotReadFromOthers) {
  for (const char* id :
       {"", "LT", "LT-a-S-1", "LT-a-X-00000001", "XX-a-S-00000001", "LT--S-00000001", "LT-a-S-0000000x",
        "LT-a-S-00000001-1", "LT-a-S-00000001-2-3", "LT-a-S-00000001-", "GOLD_cd2d91_A"}) {
    EXPECT_EQ(parse_product_id(id), std::nullopt) << id;
  }
}

TEST(IdempotencyKey, IsTheOneThatTheReferenceDerives) {
  EXPECT_EQ(derived_idempotency_key({"GOLD_cd2d91_A"}),
            "b386d054892808d24995b6a40e0f364ca0e3505cffd8382e9af5059689bdb373");
  EXPECT_EQ(derived_idempotency_key({"b", "a"}), derived_idempotency_key({"a", "b"}));
}

TEST(ItemTerms, FollowFromSeedGroupAndItem) {
  std::set<std::int64_t> prices;
  for (std::uint32_t group = 0; group < 200; ++group) {
    const ItemTerms terms = item_terms(5, group, 0);
    EXPECT_GE(terms.cents, 10'000);
    EXPECT_LE(terms.cents, 99'999);
    EXPECT_GE(terms.quantity, 1);
    EXPECT_LE(terms.quantity, 3);
    EXPECT_EQ(item_terms(5, group, 0).cents, terms.cents);
    prices.insert(terms.cents);
  }
  EXPECT_GT(prices.size(), 190u);
  EXPECT_NE(item_terms(5, 1, 0).cents, item_terms(5, 1, 1).cents);
  EXPECT_NE(item_terms(5, 1, 0).cents, item_terms(6, 1, 0).cents);
}

TEST(Correlation, DiffersForEachRunAndOperation) {
  std::set<std::string> seen;
  for (const char* run : {"a", "b"}) {
    for (std::uint64_t operation = 0; operation < 1000; ++operation) {
      seen.insert(correlation_of(correlation_key(run), operation).text());
    }
  }
  EXPECT_EQ(seen.size(), 2000u);
  EXPECT_EQ(correlation_of(correlation_key("a"), 7), correlation_of(correlation_key("a"), 7));
}

TEST(Correlation, ReturnsTheOperationGivenTheRun) {
  const std::uint64_t key = correlation_key("k3f9");
  for (const std::uint64_t operation : {0ull, 1ull, 9'999'999ull, (1ull << 56) - 1}) {
    EXPECT_EQ(operation_of(key, correlation_of(key, operation)), operation);
    EXPECT_EQ(operation_of(correlation_key("other"), correlation_of(key, operation)), std::nullopt);
  }
  EXPECT_EQ(operation_of(key, Uuid{}), std::nullopt);
}

}  // namespace
}  // namespace sagactl
