#include "loadgen/orders/product_plan.hpp"

#include <fmt/format.h>

#include "common/random.hpp"

namespace sagactl {
namespace {

constexpr std::uint64_t hot_salt = 0xA24BAED4963EE407ull;
constexpr std::uint64_t place_salt = 0x9FB21C651E98DF25ull;

}  // namespace

bool ProductPlan::is_hot(OrderKind kind, std::uint32_t group) const {
  if (hot_share <= 0 || kind == OrderKind::payment_fail) return false;
  return Random(seed ^ hot_salt ^ (std::uint64_t{group} << 8)).unit() < hot_share;
}

std::size_t ProductPlan::place_of(OrderKind kind, std::uint32_t group, std::uint32_t item) const {
  std::size_t place = 0;
  const FailureVariant* variant = failure_variant(kind, group);
  // A variant's own product costs what the first of the catalogue does.
  const bool has_own_product = variant != nullptr && !variant->product.empty();
  if (!has_own_product && !is_hot(kind, group)) {
    // The first product is the hot one, if there is one.
    const std::size_t first = hot_share > 0 && catalogue.size() > 1 ? 1 : 0;
    Random random(seed ^ place_salt ^ (std::uint64_t{group} << 8));
    place = first + random.below(catalogue.size() - first);
  }
  return (place + item) % catalogue.size();
}

const FailureVariant* ProductPlan::failure_variant(OrderKind kind, std::uint32_t group) const {
  if (kind != OrderKind::payment_fail || failure_variants.empty()) return nullptr;
  return &failure_variants[group % failure_variants.size()];
}

std::string ProductPlan::product_of(OrderKind kind, std::uint32_t group, std::uint32_t item) const {
  const FailureVariant* variant = item == 0 ? failure_variant(kind, group) : nullptr;
  if (variant != nullptr && !variant->product.empty()) return variant->product;
  if (!catalogue.empty()) return catalogue[place_of(kind, group, item)].id;
  return is_hot(kind, group) ? hot_product_id(run, item) : product_id(run, kind, group, item);
}

std::vector<ProductItem> ProductPlan::items_of(OrderKind kind, std::uint32_t group) const {
  const FailureVariant* variant = failure_variant(kind, group);
  std::vector<ProductItem> list;
  for (std::uint32_t i = 0; i < items; ++i) {
    const ItemTerms terms = item_terms(seed, group, i);
    ProductItem item{product_of(kind, group, i), std::string(product_name), terms.quantity, Money{terms.cents}};
    if (!catalogue.empty()) {
      const CatalogueProduct& product = catalogue[place_of(kind, group, i)];
      item.product_name = product.name;
      item.price = product.price;
    }
    if (variant != nullptr && i == 0) {
      if (!variant->name.empty()) item.product_name = variant->name;
      item.quantity = variant->quantity.value_or(item.quantity);
    }
    list.push_back(std::move(item));
  }
  return list;
}

std::string hot_product_id(std::string_view run, std::uint32_t item) {
  std::string id = fmt::format("LT-{}-HOT-00000000", run);
  if (item > 0) id += fmt::format("-{}", item + 1);
  return id;
}

}  // namespace sagactl
