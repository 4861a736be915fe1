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
  text,          // no field
  items,         // the item template, for each item
  product,       // the product's id
  product_json,  // the same as JSON: with its quotes, unless it is a number
  name,          // the product's
  quantity,
  price,        // "12.50"
  cents,        // the same as a whole number: 1250
  key,          // idempotency key: the same for all orders of a group, and for no other
  correlation,  // a UUID of its own for each request
  operation,    // the number of the request in its run
  user,         // whom it is for
  user_json,
  order,  // in status.path: the order's id
  run,
};
std::string_view to_string(TemplateField field);

struct TemplatePiece {
  TemplateField field = TemplateField::text;
  std::string text;
};

// A `{` that no letter follows is text, as is one whose word no `}` follows. `invalid` for a word that is no
// field.
Result<std::vector<TemplatePiece>> parse_template(std::string_view text);

// Fields that a profile defines itself, with what stands in their places.
using OwnFields = std::vector<std::pair<std::string, std::string>>;
const std::string* find_field(const OwnFields& fields, std::string_view name);
// `invalid` for a name that is no word of letters, or is that of a field that there is anyway.
Result<void> check_field_name(std::string_view name);
// A template with its own fields filled in: as `instead` says, or else as `fields` does.
std::string with_own_fields(std::string text, const OwnFields& fields, const OwnFields& instead);

}  // namespace sagactl
