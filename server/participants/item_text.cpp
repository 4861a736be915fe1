#include "server/participants/item_text.hpp"

#include <utility>

namespace sagactl {
namespace {

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
  ItemReader reader;
  if (!Json::sax_parse(text, &reader)) return Error{ErrorCode::bug, "the stored items of an order cannot be read"};
  return std::move(reader.items);
}

}  // namespace sagactl
