#include "loadgen/profile/request_template.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "common/text/text.hpp"

namespace sagactl {
namespace {

// In the order of the enum. Do not rename.
constexpr std::array<std::string_view, 22> names = {
    "",    "items",       "product",   "productJson", "name",     "quantity", "price", "cents",
    "key", "correlation", "operation", "user",        "userJson", "order",    "run",   "uuid",
    "now", "random",      "env",       "file",        "data",     "kept"};
constexpr std::size_t plain_fields = 16;  // the names before `now` stand alone

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

Error unknown_field(std::string_view word, const std::vector<std::string>& known) {
  const std::string near = nearest(std::string(word), known);
  if (!near.empty())
    return {ErrorCode::invalid, fmt::format("'{{{}}}' is not a field; did you mean '{{{}}}'?", word, near)};
  return {ErrorCode::invalid,
          fmt::format("'{{{}}}' is not a field; the fields are {{{}}}, and those of create.fields (for literal text, "
                      "write {{ {} }})",
                      word, join(known, "} {"), word)};
}

Result<TemplatePiece> field_of(std::string_view word, const TemplateNames& own) {
  const auto found = std::find(names.begin() + 1, names.begin() + plain_fields, word);
  if (found != names.begin() + plain_fields)
    return TemplatePiece{static_cast<TemplateField>(found - names.begin()), {}, {}};
  std::vector<std::string> known(names.begin() + 1, names.begin() + plain_fields);
  for (const std::string& kept : own.kept) {
    if (kept == word) return TemplatePiece{TemplateField::kept, kept, {}};
    known.push_back(kept);
  }
  if (!nearest(std::string(word), known).empty()) return unknown_field(word, known);
  known.insert(known.end(), {"now:ms", "random:1-100", "env:NAME", "file:NAME"});
  for (const std::string& table : own.tables) known.push_back(table + ":COLUMN");
  return unknown_field(word, known);
}

constexpr std::array with_argument = {TemplateField::now, TemplateField::random, TemplateField::env,
                                      TemplateField::file};

// Nothing where the word is none of these and resembles none.
Result<std::optional<TemplatePiece>> field_with(std::string_view word, std::string_view argument,
                                                const TemplateNames& own) {
  std::vector<std::string> known;
  for (const TemplateField field : with_argument) {
    if (word == to_string(field)) return std::optional(TemplatePiece{field, std::string(argument), {}});
    known.emplace_back(to_string(field));
  }
  for (const std::string& table : own.tables) {
    if (word == table) return std::optional(TemplatePiece{TemplateField::data, std::string(argument), table});
    known.push_back(table);
  }
  if (nearest(std::string(word), known).empty()) return std::optional<TemplatePiece>();
  return unknown_field(word, known);
}

// The length of `{word}` or `{word:argument}` at the beginning of the text; 0 where there is none.
struct FieldText {
  std::string_view word, argument;
  bool has_argument = false;
  std::size_t size = 0;
};
FieldText field_at(std::string_view text) {
  FieldText found;
  std::size_t end = 1;
  while (end < text.size() && is_letter(text[end])) ++end;
  if (end == 1 || end == text.size() || (text[end] != '}' && text[end] != ':')) return found;
  found.word = text.substr(1, end - 1);
  found.has_argument = text[end] == ':';
  const std::size_t close = found.has_argument ? text.find_first_of("{}\"\n", end) : end;
  if (close == std::string_view::npos || text[close] != '}') return found;
  if (found.has_argument) found.argument = text.substr(end + 1, close - end - 1);
  found.size = close + 1;
  return found;
}

}  // namespace

const std::string* find_field(const CustomFields& fields, std::string_view name) {
  for (const auto& [field, value] : fields)
    if (field == name) return &value;
  return nullptr;
}

Result<void> check_field_name(std::string_view name) {
  if (name.empty() || !std::all_of(name.begin(), name.end(), is_letter))
    return Error{ErrorCode::invalid, fmt::format("'{}' is not a field name: use letters", name)};
  if (std::find(names.begin() + 1, names.begin() + plain_fields, name) != names.begin() + plain_fields)
    return Error{ErrorCode::invalid, fmt::format("'{{{}}}' is a built-in field", name)};
  return {};
}

std::string with_custom_fields(std::string text, const CustomFields& fields, const CustomFields& instead) {
  for (const auto& [name, value] : fields) {
    const std::string* other = find_field(instead, name);
    replace_all(text, fmt::format("{{{}}}", name), other ? *other : value);
  }
  return text;
}

std::string_view to_string(TemplateField field) {
  return names[static_cast<std::size_t>(field)];
}

std::size_t field_size(std::string_view text) {
  return text.starts_with('{') ? field_at(text).size : 0;
}

Result<std::vector<TemplatePiece>> parse_template(std::string_view text, const TemplateNames& own) {
  std::vector<TemplatePiece> pieces;
  std::string plain;
  while (!text.empty()) {
    const FieldText found = text.front() == '{' ? field_at(text) : FieldText{};
    std::optional<TemplatePiece> piece;
    if (found.size > 0 && found.has_argument) {
      const auto field = field_with(found.word, found.argument, own);
      if (!field) return field.error();
      piece = *field;
    } else if (found.size > 0) {
      const auto field = field_of(found.word, own);
      if (!field) return field.error();
      piece = *field;
    }
    if (!piece) {
      plain += text.front();
      text.remove_prefix(1);
      continue;
    }
    if (!plain.empty()) pieces.push_back({TemplateField::text, std::move(plain), {}});
    plain.clear();
    pieces.push_back(std::move(*piece));
    text.remove_prefix(found.size);
  }
  if (!plain.empty()) pieces.push_back({TemplateField::text, std::move(plain), {}});
  return pieces;
}

}  // namespace sagactl
