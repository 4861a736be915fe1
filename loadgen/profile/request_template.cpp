#include "loadgen/profile/request_template.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/text/text.hpp"

namespace sagactl {
namespace {

// In the order of the enum. Do not rename.
constexpr std::array<std::string_view, 15> names = {"",          "items", "product",  "productJson", "name",
                                                    "quantity",  "price", "cents",    "key",         "correlation",
                                                    "operation", "user",  "userJson", "order",       "run"};

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

Result<TemplateField> field_of(std::string_view word) {
  const auto found = std::find(names.begin() + 1, names.end(), word);
  if (found != names.end()) return static_cast<TemplateField>(found - names.begin());
  const std::vector<std::string> candidates(names.begin() + 1, names.end());
  return Error{ErrorCode::invalid,
               fmt::format("'{{{}}}' is no field; there are {{{}}} (for text that reads so, write {{ {} }})", word,
                           join(candidates, "} {"), word)};
}

}  // namespace

const std::string* find_field(const OwnFields& fields, std::string_view name) {
  for (const auto& [field, value] : fields)
    if (field == name) return &value;
  return nullptr;
}

Result<void> check_field_name(std::string_view name) {
  if (name.empty() || !std::all_of(name.begin(), name.end(), is_letter))
    return Error{ErrorCode::invalid, fmt::format("'{}' is no name of a field: letters make one", name)};
  if (std::find(names.begin() + 1, names.end(), name) != names.end())
    return Error{ErrorCode::invalid, fmt::format("'{{{}}}' has a meaning of its own", name)};
  return {};
}

std::string with_own_fields(std::string text, const OwnFields& fields, const OwnFields& instead) {
  for (const auto& [name, value] : fields) {
    const std::string* other = find_field(instead, name);
    replace_all(text, fmt::format("{{{}}}", name), other ? *other : value);
  }
  return text;
}

std::string_view to_string(TemplateField field) {
  return names[static_cast<std::size_t>(field)];
}

Result<std::vector<TemplatePiece>> parse_template(std::string_view text) {
  std::vector<TemplatePiece> pieces;
  std::string plain;
  while (!text.empty()) {
    std::size_t end = 1;
    if (text.front() == '{')
      while (end < text.size() && is_letter(text[end])) ++end;
    const bool is_field = end > 1 && end < text.size() && text[end] == '}';
    if (!is_field) {
      plain += text.front();
      text.remove_prefix(1);
      continue;
    }
    const auto field = field_of(text.substr(1, end - 1));
    if (!field) return field.error();
    if (!plain.empty()) pieces.push_back({TemplateField::text, std::move(plain)});
    plain.clear();
    pieces.push_back({*field, {}});
    text.remove_prefix(end + 1);
  }
  if (!plain.empty()) pieces.push_back({TemplateField::text, std::move(plain)});
  return pieces;
}

}  // namespace sagactl
