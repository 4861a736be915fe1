#include "loadgen/schedule/assortment.hpp"

#include <fmt/format.h>

#include <cstring>

#include "common/random.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr std::uint64_t hot_salt = 0xA24BAED4963EE407ull;
constexpr std::uint64_t place_salt = 0x9FB21C651E98DF25ull;

std::uint64_t mix(std::uint64_t seed, std::string_view text) {
  std::uint64_t hash = seed ^ 0xCBF29CE484222325ull;  // FNV-1a, and a good last mixing
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ull;
  return Random(hash).next();
}

// In any of the spellings that servers and databases use.
std::optional<Uuid> uuid_of(std::string_view text) {
  if (text.size() == 38 && text.front() == '{' && text.back() == '}') text = text.substr(1, 36);
  if (text.size() == 45 && text.starts_with("urn:uuid:")) text.remove_prefix(9);
  if (text.size() == 36) return Uuid::parse(text);
  if (text.size() == 34 && text.starts_with("\\x")) text.remove_prefix(2);
  if (text.size() != 32) return std::nullopt;
  std::string spelled(text);
  for (const std::size_t at : {20u, 16u, 12u, 8u}) spelled.insert(at, 1, '-');
  return Uuid::parse(spelled);
}

// "17.000" is 17, as a column of another kind shows it.
std::string_view without_fraction(std::string_view text) {
  const std::size_t point = text.find('.');
  if (point == 0 || point == std::string_view::npos || point + 1 == text.size()) return text;
  const bool whole =
      text.find_first_not_of("0123456789") == point && text.find_first_not_of('0', point + 1) == std::string_view::npos;
  return whole ? text.substr(0, point) : text;
}

}  // namespace

bool Assortment::is_hot(OrderKind kind, std::uint32_t group) const {
  if (hot_share <= 0 || kind == OrderKind::payment_fail) return false;
  return Random(seed ^ hot_salt ^ (std::uint64_t{group} << 8)).unit() < hot_share;
}

std::size_t Assortment::place_of(OrderKind kind, std::uint32_t group, std::uint32_t item) const {
  std::size_t place = 0;
  const FailWay* way = fail_way(kind, group);
  const bool has_own_product =
      way != nullptr && !way->product.empty();  // which costs what the first one does
  if (!has_own_product && !is_hot(kind, group)) {
    // With a hot product, the others are all but the first.
    const std::size_t first = hot_share > 0 && catalogue.size() > 1 ? 1 : 0;
    Random random(seed ^ place_salt ^ (std::uint64_t{group} << 8));
    place = first + random.below(catalogue.size() - first);
  }
  return (place + item) % catalogue.size();
}

const FailWay* Assortment::fail_way(OrderKind kind, std::uint32_t group) const {
  if (kind != OrderKind::payment_fail || fail_ways.empty()) return nullptr;
  return &fail_ways[group % fail_ways.size()];
}

std::string Assortment::product_of(OrderKind kind, std::uint32_t group, std::uint32_t item) const {
  const FailWay* way = item == 0 ? fail_way(kind, group) : nullptr;
  if (way != nullptr && !way->product.empty()) return way->product;
  if (!catalogue.empty()) return catalogue[place_of(kind, group, item)].id;
  return is_hot(kind, group) ? hot_product_id(run, item) : product_id(run, kind, group, item);
}

std::vector<ProductItem> Assortment::items_of(OrderKind kind, std::uint32_t group) const {
  const FailWay* way = fail_way(kind, group);
  std::vector<ProductItem> list;
  for (std::uint32_t i = 0; i < items; ++i) {
    const ItemTerms terms = item_terms(seed, group, i);
    ProductItem item{product_of(kind, group, i), std::string(product_name), terms.quantity,
                     Money{terms.cents}};
    if (!catalogue.empty()) {
      const CatalogueProduct& product = catalogue[place_of(kind, group, i)];
      item.product_name = product.name;
      item.price = product.price;
    }
    if (way != nullptr && i == 0) {
      if (!way->name.empty()) item.product_name = way->name;
      item.quantity = way->quantity.value_or(item.quantity);
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

Uuid order_ref(std::string_view text) {
  text = without_fraction(trim(text));
  if (const auto uuid = uuid_of(text)) return *uuid;
  if (text.empty()) return {};
  const std::uint64_t halves[2] = {mix(1, text), mix(2, text)};
  Uuid ref;
  std::memcpy(ref.bytes.data(), halves, sizeof halves);
  ref.bytes[6] = static_cast<std::uint8_t>((ref.bytes[6] & 0x0F) | 0x80);  // version 8 of RFC 9562
  ref.bytes[8] = static_cast<std::uint8_t>((ref.bytes[8] & 0x3F) | 0x80);
  return ref;
}

}  // namespace sagactl
