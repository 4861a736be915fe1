// What the orders of a run are of: products of its own, or those of the server's catalogue. All of it follows
// from the run, the seed and the number of a group, so that writer, ledger and verdicts say the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "loadgen/schedule/product.hpp"
#include "loadgen/profile/request_template.hpp"

namespace sagactl {

struct CatalogueProduct {
  std::string id, name;
  Money price;
  bool id_is_number = false;  // in JSON
  friend bool operator==(const CatalogueProduct&, const CatalogueProduct&) = default;
};

// What an order that is to fail says differently, where the product's own id cannot say so.
struct FailWay {
  std::string name = {};                 // of its first product, as are the others; empty: as always
  std::optional<std::int64_t> quantity = {};
  std::string product = {};  // its id
  OwnFields fields = {};     // of the profile's own, what they are instead
  friend bool operator==(const FailWay&, const FailWay&) = default;
};

struct Assortment {
  std::string run;
  std::uint64_t seed = 0;
  std::uint32_t items = 1;                  // per order
  std::vector<CatalogueProduct> catalogue;  // empty: each group has products of its own
  std::vector<FailWay> fail_ways;           // used in turn; empty: the product id alone says PAYMENT_FAIL
  double hot_share = 0;                     // of the groups, that are of one and the same product

  friend bool operator==(const Assortment&, const Assortment&) = default;

  bool is_hot(OrderKind kind, std::uint32_t group) const;
  // Where a group's item is in the catalogue, which is not empty.
  std::size_t place_of(OrderKind kind, std::uint32_t group, std::uint32_t item) const;
  // Null where no way is needed, or for a kind that is not to fail.
  const FailWay* fail_way(OrderKind kind, std::uint32_t group) const;
  std::vector<ProductItem> items_of(OrderKind kind, std::uint32_t group) const;
  std::string product_of(OrderKind kind, std::uint32_t group, std::uint32_t item) const;
};

// "LT-<run>-HOT-00000000": of the groups that are hot, where there is no catalogue.
std::string hot_product_id(std::string_view run, std::uint32_t item);

// An order's id, whatever its form, as the ledger compares it: a UUID as it is, in capitals, without hyphens, in braces
// or as the bytes that a database shows as \x...; any other text as one that is made of it, without blanks around it
// (char(n) is filled up with them) and without the zeros behind the point of a whole number.
Uuid order_ref(std::string_view text);

}  // namespace sagactl
