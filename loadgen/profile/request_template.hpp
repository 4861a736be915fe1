// Text with fields: `{"sku":"{product}","count":{quantity}}`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/result.hpp"

namespace sagactl {

// Persisted in profile files by name; see to_string.
enum class TemplateField : std::uint8_t {
  text,          // not a field
  items,         // the item template, for each item
  product,       // the product's id
  product_json,  // the same as JSON: with quotes unless it is a number
  name,          // of the product
  quantity,
  price,        // "12.50"
  cents,        // the same as a whole number: 1250
  key,          // idempotency key: the same for all orders of a group, and for no other
  correlation,  // a different UUID for each request
  operation,    // the number of the request in its run
  user,         // of the order
  user_json,
  order,  // in status.path: the order's id
  run,
};
std::string_view to_string(TemplateField field);

struct TemplatePiece {
  TemplateField field = TemplateField::text;
  std::string text;
};

// A `{` is text unless a word of letters and `}` follow. `invalid` for a word that is not a field.
Result<std::vector<TemplatePiece>> parse_template(std::string_view text);

// Fields that a profile defines itself, with their values.
using CustomFields = std::vector<std::pair<std::string, std::string>>;
const std::string* find_field(const CustomFields& fields, std::string_view name);
// `invalid` for a name that is not a word of letters, or that is a built-in field.
Result<void> check_field_name(std::string_view name);
// Fills in the custom fields of a template, with values of `instead` before those of `fields`.
std::string with_custom_fields(std::string text, const CustomFields& fields, const CustomFields& instead);

}  // namespace sagactl
