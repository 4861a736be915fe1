// The products of a run's orders: its own ones, or those of the server's catalogue. Everything is derived from the run,
// the seed and the number of a group, so that request writer, ledger and verdicts agree.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "loadgen/orders/product.hpp"
#include "loadgen/profile/request_template.hpp"

namespace sagactl {

struct CatalogueProduct {
  std::string id, name;
  Money price;
  bool id_is_number = false;  // in JSON
  friend bool operator==(const CatalogueProduct&, const CatalogueProduct&) = default;
};

// How an order that is meant to fail differs from others, where a product id with PAYMENT_FAIL does not do it.
struct FailureVariant {
  std::string name = {};  // of its first product, like the next two; empty: unchanged
  std::optional<std::int64_t> quantity = {};
  std::string product = {};  // the id
  CustomFields fields = {};  // values that replace those of the profile
  friend bool operator==(const FailureVariant&, const FailureVariant&) = default;
};

struct ProductPlan {
  std::string run;
  std::uint64_t seed = 0;
  std::uint32_t items = 1;                       // per order
  std::vector<CatalogueProduct> catalogue;       // empty: each group has products of its own
  std::vector<FailureVariant> failure_variants;  // used in turn; empty: only the product id contains PAYMENT_FAIL
  double hot_share = 0;                          // share of the groups that order the same product

  friend bool operator==(const ProductPlan&, const ProductPlan&) = default;

  bool is_hot(OrderKind kind, std::uint32_t group) const;
  // The place of a group's item in the catalogue, which must not be empty.
  std::size_t place_of(OrderKind kind, std::uint32_t group, std::uint32_t item) const;
  // Null for other kinds, and without variants.
  const FailureVariant* failure_variant(OrderKind kind, std::uint32_t group) const;
  std::vector<ProductItem> items_of(OrderKind kind, std::uint32_t group) const;
  std::string product_of(OrderKind kind, std::uint32_t group, std::uint32_t item) const;
};

// "LT-<run>-HOT-00000000": the product of the hot groups, without a catalogue.
std::string hot_product_id(std::string_view run, std::uint32_t item);

}  // namespace sagactl
