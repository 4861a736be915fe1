#include "loadgen/product.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "common/crypto.hpp"
#include "common/random.hpp"
#include "common/text.hpp"

namespace sagactl {
namespace {

constexpr std::size_t group_digits = 8;

std::string_view mark_of(OrderKind kind) {
  switch (kind) {
    case OrderKind::single:
      return "S";
    case OrderKind::duplicate:
      return "D";
    case OrderKind::payment_fail:
      return "PAYMENT_FAIL";
  }
  crash("an order of no known kind");
}

std::optional<std::uint32_t> parse_number(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string_view to_string(OrderKind kind) {
  switch (kind) {
    case OrderKind::single:
      return "single";
    case OrderKind::duplicate:
      return "duplicate";
    case OrderKind::payment_fail:
      return "payment_fail";
  }
  crash("an order of no known kind");
}

std::optional<OrderKind> parse_order_kind(std::string_view text) {
  for (const auto kind : {OrderKind::single, OrderKind::duplicate, OrderKind::payment_fail}) {
    if (to_string(kind) == text) return kind;
  }
  return std::nullopt;
}

std::string product_prefix(std::string_view run) {
  return fmt::format("LT-{}-", run);
}

std::string product_id(std::string_view run, OrderKind kind, std::uint32_t group, std::uint32_t item) {
  std::string id = fmt::format("LT-{}-{}-{:0{}}", run, mark_of(kind), group, group_digits);
  if (item > 0) id += fmt::format("-{}", item + 1);
  return id;
}

std::optional<ProductRef> parse_product_id(std::string_view id) {
  const auto parts = split(id, '-');
  if (parts.size() < 4 || parts.size() > 5 || parts[0] != "LT" || parts[3].size() != group_digits) {
    return std::nullopt;
  }
  ProductRef product;
  product.run = parts[1];
  bool known = false;
  for (const auto kind : {OrderKind::single, OrderKind::duplicate, OrderKind::payment_fail}) {
    if (mark_of(kind) != parts[2]) continue;
    product.kind = kind;
    known = true;
  }
  const auto group = parse_number(parts[3]);
  if (!known || !group || product.run.empty()) return std::nullopt;
  product.group = *group;
  if (parts.size() == 5) {
    const auto item = parse_number(parts[4]);
    if (!item || *item < 2) return std::nullopt;
    product.item = *item - 1;
  }
  return product;
}

std::string derived_idempotency_key(std::vector<std::string> product_ids) {
  std::sort(product_ids.begin(), product_ids.end());
  return hex(sha256("SOLDOUT:" + join(product_ids, "|")));
}

ItemTerms item_terms(std::uint64_t seed, std::uint32_t group, std::uint32_t item) {
  Random random(seed ^ (std::uint64_t{group} << 8 | item));
  ItemTerms terms;
  terms.cents = 10'000 + static_cast<std::int64_t>(random.below(90'000));
  terms.quantity = 1 + static_cast<std::int64_t>(random.below(3));
  return terms;
}

std::vector<ProductItem> items_of(std::string_view run, std::uint64_t seed, OrderKind kind,
                                  std::uint32_t group, std::uint32_t items) {
  std::vector<ProductItem> list;
  for (std::uint32_t item = 0; item < items; ++item) {
    const ItemTerms terms = item_terms(seed, group, item);
    list.push_back(
        {product_id(run, kind, group, item), "Load test product", terms.quantity, Money{terms.cents}});
  }
  return list;
}

std::uint64_t correlation_key(std::string_view run) {
  const Digest digest = sha256(run);
  std::uint64_t key = 0;
  std::memcpy(&key, digest.data(), sizeof key);
  return key;
}

Uuid correlation_of(std::uint64_t key, std::uint64_t operation) {
  Random random(key + operation * 0xD1342543DE82EF95ull);
  const std::uint64_t halves[2] = {random.next(), random.next()};
  Uuid uuid;
  std::memcpy(uuid.bytes.data(), halves, sizeof halves);
  // Version 8 of RFC 9562: made by a rule of our own.
  uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0F) | 0x80);
  uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3F) | 0x80);
  return uuid;
}

}  // namespace sagactl
