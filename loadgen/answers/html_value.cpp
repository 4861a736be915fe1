#include "loadgen/answers/html_value.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "loadgen/answers/json_string.hpp"

namespace sagactl {
namespace {

constexpr std::string_view html_blanks = " \t\r\n\f";

bool is_same_word(std::string_view a, std::string_view lower_case) {
  return std::equal(a.begin(), a.end(), lower_case.begin(), lower_case.end(),
                    [](char x, char y) { return (x >= 'A' && x <= 'Z' ? x + ('a' - 'A') : x) == y; });
}

void skip(std::string_view& text, std::string_view characters) {
  text.remove_prefix(std::min(text.find_first_not_of(characters), text.size()));
}

std::string_view take_to_any(std::string_view& text, std::string_view ends) {
  const std::string_view taken = text.substr(0, std::min(text.find_first_of(ends), text.size()));
  text.remove_prefix(taken.size());
  return taken;
}

struct Attribute {
  std::string_view name, value;
};

// The next attribute of a start tag, whose rest is `tag`; nothing at its end.
std::optional<Attribute> next_attribute(std::string_view& tag) {
  skip(tag, " \t\r\n\f/");
  if (tag.empty() || tag.front() == '>') return std::nullopt;
  Attribute found;
  found.name = take_to_any(tag, " \t\r\n\f/>=");
  if (found.name.empty()) {  // a stray =
    tag.remove_prefix(1);
    return found;
  }
  skip(tag, html_blanks);
  if (tag.empty() || tag.front() != '=') return found;
  tag.remove_prefix(1);
  skip(tag, html_blanks);
  if (tag.empty()) return found;
  const char quote = tag.front();
  if (quote != '"' && quote != '\'') {
    found.value = take_to_any(tag, " \t\r\n\f>");
    return found;
  }
  tag.remove_prefix(1);
  found.value = take_to_any(tag, std::string_view(&quote, 1));
  if (!tag.empty()) tag.remove_prefix(1);
  return found;
}

// "amp", "#39", "#x27"; false for an unknown one, which is left unchanged.
bool append_reference(std::string& out, std::string_view name) {
  constexpr std::array<std::pair<std::string_view, char>, 5> names = {
      {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};
  for (const auto& [known, character] : names) {
    if (name != known) continue;
    out += character;
    return true;
  }
  if (name.size() < 2 || name[0] != '#') return false;
  const bool is_hex = name[1] == 'x' || name[1] == 'X';
  const std::string_view digits = name.substr(is_hex ? 2 : 1);
  std::uint32_t code = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), code, is_hex ? 16 : 10);
  const bool is_character = code > 0 && code < 0x110000 && (code < 0xD800 || code > 0xDFFF);
  if (failure != std::errc{} || end != digits.data() + digits.size() || !is_character) return false;
  append_utf8(out, code);
  return true;
}

std::string_view without_references(std::string_view text, std::string& room) {
  constexpr std::size_t reference_max = 10;
  if (text.find('&') == std::string_view::npos) return text;
  room.clear();
  while (!text.empty()) {
    const std::size_t end = text.front() == '&' ? text.find(';') : std::string_view::npos;
    if (end <= reference_max && append_reference(room, text.substr(1, end - 1))) {
      text.remove_prefix(end + 1);
      continue;
    }
    room += text.front();
    text.remove_prefix(1);
  }
  return room;
}

// The value in the start tag whose rest is `tag`, if it is of the name.
std::optional<std::string_view> value_of(std::string_view& tag, bool is_meta, std::string_view name) {
  std::optional<std::string_view> value;
  bool is_named = false;
  while (const auto attribute = next_attribute(tag)) {
    if (is_same_word(attribute->name, is_meta ? "content" : "value")) value = attribute->value;
    const bool names_it = is_same_word(attribute->name, "name") || is_same_word(attribute->name, "id");
    is_named = is_named || (names_it && attribute->value == name);
  }
  return is_named ? value : std::nullopt;
}

}  // namespace

std::optional<std::string_view> html_value(std::string_view page, std::string_view name, std::string& room) {
  while (true) {
    const std::size_t begin = page.find('<');
    if (begin == std::string_view::npos) return std::nullopt;
    page.remove_prefix(begin + 1);
    if (page.starts_with("!--")) {
      page.remove_prefix(std::min(page.find("-->"), page.size()));
      continue;
    }
    const std::string_view element = take_to_any(page, " \t\r\n\f/><");
    const bool is_meta = is_same_word(element, "meta");
    const bool may_hold =
        is_meta || is_same_word(element, "input") || is_same_word(element, "button") || is_same_word(element, "option");
    if (!may_hold) continue;
    if (const auto value = value_of(page, is_meta, name)) return without_references(*value, room);
  }
}

}  // namespace sagactl
