#include "server/api/orders/plain_order.hpp"

#include <algorithm>
#include <charconv>

#include "common/text/json_members.hpp"
#include "common/text/text.hpp"
#include "server/api/orders/idempotency.hpp"
#include "server/api/orders/parse_order.hpp"

namespace sagactl::api {
namespace {

constexpr std::size_t plain_address_bytes_max = 4'096;  // longer ones are read the other way

// Takes a text that is written without escapes. False: it is written in another way, too long, or there twice.
bool take_text(const JsonMember& member, std::size_t bytes_max, std::optional<std::string>& into) {
  const bool is_plain = member.is_string && member.value.size() <= bytes_max && is_utf8(member.value) &&
                        std::none_of(member.value.begin(), member.value.end(),
                                     [](char c) { return c == '\\' || static_cast<unsigned char>(c) < 0x20; });
  if (!is_plain || into) return false;
  into.emplace(member.value);
  return true;
}

bool is_plain_number(std::string_view text, bool may_have_places) {
  const std::size_t whole = std::min(text.find('.'), text.size());
  const auto are_digits = [](std::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  if (!are_digits(text.substr(0, whole)) || (text.front() == '0' && whole > 1)) return false;
  return whole == text.size() || (may_have_places && are_digits(text.substr(whole + 1)));
}

bool take_quantity(const JsonMember& member, std::optional<std::int64_t>& into) {
  if (member.is_string || into || !is_plain_number(member.value, false)) return false;
  std::int64_t number = 0;
  const auto read = std::from_chars(member.value.data(), member.value.data() + member.value.size(), number);
  if (read.ec != std::errc() || number < 1 || number > quantity_max) return false;
  into = number;
  return true;
}

bool take_price(const JsonMember& member, std::optional<Money>& into) {
  if (member.is_string || into || !is_plain_number(member.value, true)) return false;
  const auto price = parse_money(member.value);
  if (!price) return false;
  into = *price;
  return true;
}

bool take_item(std::string_view text, std::vector<OrderItem>& items) {
  std::optional<std::string> id, name;
  std::optional<std::int64_t> quantity;
  std::optional<Money> price;
  JsonMembers members(text);
  while (const auto member = members.next()) {
    const bool is_taken = member->name == "productId"     ? take_text(*member, product_id_bytes_max, id)
                          : member->name == "productName" ? take_text(*member, product_name_bytes_max, name)
                          : member->name == "quantity"    ? take_quantity(*member, quantity)
                          : member->name == "price"       ? take_price(*member, price)
                                                          : false;
    if (!is_taken) return false;
  }
  if (members.is_array() || !members.is_complete() || !id || id->empty() || !name || !quantity || !price) return false;
  items.push_back({std::move(*id), std::move(*name), *quantity, *price});
  return true;
}

bool take_items(const JsonMember& member, std::vector<OrderItem>& items) {
  if (member.is_string || !items.empty()) return false;
  JsonMembers list(member.value);
  if (!list.is_array()) return false;
  while (const auto item = list.next())
    if (item->is_string || items.size() == order_items_max || !take_item(item->value, items)) return false;
  return list.is_complete() && !items.empty();
}

}  // namespace

std::optional<PlaceOrder> read_plain_order(std::string_view body) {
  if (!body.starts_with('{')) return std::nullopt;
  PlaceOrder order;
  std::optional<std::string> address, key;
  JsonMembers members(body);
  while (const auto member = members.next()) {
    const bool is_taken = member->name == "items"             ? take_items(*member, order.items)
                          : member->name == "shippingAddress" ? take_text(*member, plain_address_bytes_max, address)
                          : member->name == "idempotencyKey"  ? take_text(*member, idempotency_key_bytes_max, key)
                                                              : false;
    if (!is_taken) return std::nullopt;
  }
  if (!members.is_complete() || order.items.empty() || !address || (key && key->empty())) return std::nullopt;
  order.address = std::move(*address);
  if (key) order.idempotency_key = std::move(*key);
  return order;
}

}  // namespace sagactl::api
