#include "server/participants/item_text.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace sagactl {
namespace {

// Reads the form that to_json_text() writes where no text has escapes or other characters than ASCII, in one pass. In
// any other form it finds nothing, and says nothing about whether that is right.
class UsualItems {
 public:
  explicit UsualItems(std::string_view text) : rest_(text) {}

  std::optional<std::vector<OrderItem>> read() {
    std::vector<OrderItem> items;
    if (!take("[")) return std::nullopt;
    do {
      if (!take_item(items.emplace_back())) return std::nullopt;
    } while (take(","));
    if (rest_ != "]") return std::nullopt;
    return items;
  }

 private:
  bool take(std::string_view token) {
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }
  bool take_item(OrderItem& item) {
    return take("{\"productId\":\"") && take_text(item.product_id) && take(",\"productName\":\"") &&
           take_text(item.product_name) && take(",\"quantity\":") && take_quantity(item.quantity) &&
           take(",\"price\":") && take_price(item.price) && take("}");
  }
  // Up to the quote, and with it.
  bool take_text(std::string& text) {
    const std::size_t end = rest_.find('"');
    if (end == rest_.npos) return false;
    text = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return std::none_of(text.begin(), text.end(), [](char c) { return c < ' ' || c == '\\'; });
  }
  bool take_quantity(std::int64_t& quantity) {
    const std::string_view digits = number();
    if (digits.size() > digits_max) return false;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), quantity);
    return error == std::errc() && end == digits.data() + digits.size();
  }
  bool take_price(Money& price) {
    const std::string_view text = number();
    if (text.empty() || text.size() > digits_max) return false;
    const auto amount = parse_money(text);
    if (amount) price = *amount;
    return amount.ok();
  }
  // The digits and the point that come next; empty: a zero before them makes them no JSON.
  std::string_view number() {
    const std::string_view text = rest_.substr(0, rest_.find_first_not_of("0123456789."));
    rest_.remove_prefix(text.size());
    const bool is_padded = text.size() > 1 && text[0] == '0' && text[1] != '.';
    return is_padded ? std::string_view() : text;
  }

  static constexpr std::size_t digits_max = 13;  // far from all limits
  std::string_view rest_;
};

// Each function receives one element of the text; false ends the reading.
class ItemReader : public nlohmann::json_sax<Json> {
 public:
  std::vector<OrderItem> items;

  bool start_array(std::size_t) override { return !std::exchange(in_list_, true); }
  bool start_object(std::size_t) override {
    if (!in_list_ || in_item_) return false;
    in_item_ = true;
    items.emplace_back();
    return true;
  }
  bool key(string_t& name) override {
    member_ = name == "productId"     ? Member::id
              : name == "productName" ? Member::name
              : name == "quantity"    ? Member::quantity
              : name == "price"       ? Member::price
                                      : Member::none;
    return true;
  }
  bool string(string_t& value) override {
    if (!in_item_) return false;
    if (member_ == Member::id)
      items.back().product_id = std::move(value);
    else if (member_ == Member::name)
      items.back().product_name = std::move(value);
    else
      return false;
    return true;
  }
  bool number_integer(number_integer_t) override { return false; }  // negative
  bool number_unsigned(number_unsigned_t value) override {
    if (!in_item_ || value > static_cast<std::uint64_t>(Money::cents_max)) return false;
    if (member_ == Member::quantity)
      items.back().quantity = static_cast<std::int64_t>(value);
    else if (member_ == Member::price)
      items.back().price = {static_cast<std::int64_t>(value) * 100};
    else
      return false;
    return true;
  }
  bool number_float(number_float_t, const string_t& text) override {
    const auto price = parse_money(text);
    if (!in_item_ || member_ != Member::price || !price) return false;
    items.back().price = *price;
    return true;
  }
  bool end_object() override {
    in_item_ = false;
    return true;
  }
  bool end_array() override { return true; }
  bool null() override { return false; }
  bool boolean(bool) override { return false; }
  bool binary(binary_t&) override { return false; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

 private:
  enum class Member { none, id, name, quantity, price };
  Member member_ = Member::none;
  bool in_list_ = false, in_item_ = false;
};

}  // namespace

Result<std::vector<OrderItem>> read_items(std::string_view text) {
  if (auto items = UsualItems(text).read()) return std::move(*items);
  ItemReader reader;
  if (!Json::sax_parse(text, &reader)) return Error{ErrorCode::bug, "the stored items of an order cannot be read"};
  return std::move(reader.items);
}

}  // namespace sagactl
