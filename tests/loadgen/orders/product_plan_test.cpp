#include "loadgen/orders/product_plan.hpp"

#include <gtest/gtest.h>

#include <map>

namespace sagactl {
namespace {

ProductPlan of_catalogue() {
  ProductPlan orders;
  orders.run = "k3f9";
  orders.seed = 5;
  orders.catalogue = {{"P1", "Laptop", Money{100}}, {"P2", "Mouse", Money{200}}, {"P3", "Lamp", Money{300}}};
  return orders;
}

std::map<std::string, int> products_of(const ProductPlan& orders, OrderKind kind) {
  std::map<std::string, int> counts;
  for (std::uint32_t group = 0; group < 10'000; ++group) ++counts[orders.product_of(kind, group, 0)];
  return counts;
}

TEST(ProductPlan, ACatalogueIsUsedEvenlyAndTheHotProductAsOftenAsAsked) {
  ProductPlan orders = of_catalogue();
  for (const auto& [product, count] : products_of(orders, OrderKind::single)) EXPECT_NEAR(count, 3333, 250);
  orders.hot_share = 0.9;
  const auto counts = products_of(orders, OrderKind::single);
  EXPECT_NEAR(counts.at("P1"), 9000, 150);
  EXPECT_NEAR(counts.at("P2"), 500, 100);
  EXPECT_NEAR(counts.at("P3"), 500, 100);
}

TEST(ProductPlan, OneOrdersItemsAreDifferentProducts) {
  ProductPlan orders = of_catalogue();
  orders.items = 3;
  const auto items = orders.items_of(OrderKind::single, 17);
  ASSERT_EQ(items.size(), 3u);
  EXPECT_NE(items[0].product_id, items[1].product_id);
  EXPECT_NE(items[1].product_id, items[2].product_id);
  EXPECT_NE(items[0].product_id, items[2].product_id);
}

TEST(ProductPlan, FailureVariantsTakeTurns) {
  ProductPlan orders = of_catalogue();
  orders.failure_variants = {{"PAYMENT_FAIL Laptop", std::nullopt}, {"", 1'000'000}};
  const auto by_name = orders.items_of(OrderKind::payment_fail, 4);
  EXPECT_EQ(by_name[0].product_name, "PAYMENT_FAIL Laptop");
  EXPECT_LE(by_name[0].quantity, 3);
  const auto by_quantity = orders.items_of(OrderKind::payment_fail, 5);
  EXPECT_EQ(by_quantity[0].quantity, 1'000'000);
  EXPECT_EQ(by_quantity[0].product_name.find("PAYMENT_FAIL"), std::string::npos);
  EXPECT_LE(orders.items_of(OrderKind::single, 5)[0].quantity, 3);
}

TEST(ProductPlan, WithoutACatalogueTheHotProductIsOneForAllAndFailuresAreNever) {
  ProductPlan orders = of_catalogue();
  orders.catalogue.clear();
  orders.hot_share = 0.5;
  const auto counts = products_of(orders, OrderKind::single);
  EXPECT_NEAR(counts.at("LT-k3f9-HOT-00000000"), 5000, 250);
  EXPECT_EQ(products_of(orders, OrderKind::payment_fail).count("LT-k3f9-HOT-00000000"), 0u);
}

}  // namespace
}  // namespace sagactl
