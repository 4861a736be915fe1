// Text with fields: `{"sku":"{product}","count":{quantity},"at":"{now:iso}"}`.
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
  order,  // in status.path and in steps after the order: the order's id
  run,
  uuid,    // a different one for each journey and place
  now,     // {now:iso}, {now:date+7d}: see generated_text.hpp
  random,  // {random:1-100}: see generated_text.hpp
  env,     // {env:NAME}: a variable of the environment
  file,    // {file:NAME}: the contents of a file
  data,    // {TABLE:COLUMN}: of the journey's row of a data file
  kept,    // a value that a step keeps of its answer, by its name
};
std::string_view to_string(TemplateField field);

struct TemplatePiece {
  TemplateField field = TemplateField::text;
  std::string text;   // also what follows the colon, and the name of what is kept
  std::string table;  // of data
  friend bool operator==(const TemplatePiece&, const TemplatePiece&) = default;
};

// The names that a profile adds to the fields.
struct TemplateNames {
  std::vector<std::string> kept, tables;
};

// A `{` is text unless a word of letters and `}` follow, or a word, a colon and more up to `}` where the word is a
// field with an argument or resembles one. `invalid` for a word that is not a field.
Result<std::vector<TemplatePiece>> parse_template(std::string_view text, const TemplateNames& names = {});

// The length of the field, of any name, that the text begins with; 0 where it does not begin with one.
std::size_t field_size(std::string_view text);

// Fields that a profile defines itself, with their values.
using CustomFields = std::vector<std::pair<std::string, std::string>>;
const std::string* find_field(const CustomFields& fields, std::string_view name);
// `invalid` for a name that is not a word of letters, or that is a built-in field.
Result<void> check_field_name(std::string_view name);
// Fills in the custom fields of a template, with values of `instead` before those of `fields`.
std::string with_custom_fields(std::string text, const CustomFields& fields, const CustomFields& instead);

}  // namespace sagactl
