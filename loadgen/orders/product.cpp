#include "loadgen/orders/product.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "common/crypto.hpp"
#include "common/random.hpp"
#include "common/text/number.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr std::size_t group_digits = 8;

// The last bytes of a correlation are the operation's number, scrambled reversibly.
constexpr std::size_t number_bytes = 7;
constexpr std::uint64_t number_mask = (std::uint64_t{1} << (8 * number_bytes)) - 1;
constexpr std::uint64_t number_factor = 0x9E3779B97F4A7C15ull;

constexpr std::uint64_t inverse_of(std::uint64_t odd) {
  std::uint64_t inverse = odd;  // correct in its last three bits; each iteration doubles them (Newton)
  for (int round = 0; round < 5; ++round) inverse *= 2 - odd * inverse;
  return inverse;
}
constexpr std::uint64_t number_inverse = inverse_of(number_factor);
static_assert(number_factor * number_inverse == 1);

std::string_view mark_of(OrderKind kind) {
  switch (kind) {
    case OrderKind::single:
      return "S";
    case OrderKind::duplicate:
      return "D";
    case OrderKind::payment_fail:
      return "PAYMENT_FAIL";
  }
  crash("unknown order");
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
  crash("unknown order");
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
  const auto group = parse_number<std::uint32_t>(parts[3]);
  if (!known || !group || product.run.empty()) return std::nullopt;
  product.group = *group;
  if (parts.size() == 5) {
    const auto item = parse_number<std::uint32_t>(parts[4]);
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

std::uint64_t correlation_key(std::string_view run) {
  const Digest digest = sha256(run);
  std::uint64_t key = 0;
  std::memcpy(&key, digest.data(), sizeof key);
  return key;
}

Uuid correlation_of(std::uint64_t key, std::uint64_t operation) {
  const std::uint64_t proof = Random(key + operation * 0xD1342543DE82EF95ull).next();
  const std::uint64_t number = ((operation ^ key) * number_factor) & number_mask;
  Uuid uuid;
  std::memcpy(uuid.bytes.data(), &proof, sizeof proof);
  for (std::size_t i = 0; i < number_bytes; ++i)
    uuid.bytes[16 - number_bytes + i] = static_cast<std::uint8_t>(number >> (8 * i));
  // Version 8 of RFC 9562: custom.
  uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0F) | 0x80);
  uuid.bytes[8] = static_cast<std::uint8_t>((key >> 58) | 0x80);
  return uuid;
}

std::optional<std::uint64_t> operation_of(std::uint64_t key, const Uuid& correlation) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < number_bytes; ++i)
    number |= std::uint64_t{correlation.bytes[16 - number_bytes + i]} << (8 * i);
  const std::uint64_t operation = ((number * number_inverse) ^ key) & number_mask;
  if (correlation_of(key, operation) != correlation) return std::nullopt;
  return operation;
}

}  // namespace sagactl
