#include "server/definitions/yaml_hints.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr std::size_t hint_shown_max = 60;

// "timeout:3s" in "  timeout:3s". Empty: the line is not one name, a colon and a value without a space.
std::string_view name_without_space(std::string_view line) {
  std::string_view rest = trim(line);
  if (rest.starts_with("- ")) rest = trim(rest.substr(2));
  const std::size_t colon = rest.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == rest.size()) return {};
  const std::string_view name = rest.substr(0, colon);
  const bool is_name = std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
  });
  const bool is_address = rest.substr(colon).starts_with("://");
  return is_name && !is_address && rest[colon + 1] != ' ' ? rest.substr(0, hint_shown_max) : std::string_view();
}

std::string with_space(std::string_view member) {
  const std::size_t colon = member.find(':');
  return fmt::format("a colon needs a space after it: `{}: {}`", member.substr(0, colon), member.substr(colon + 1));
}

}  // namespace

std::string hint_for_unreadable(std::string_view error, std::string_view text, std::size_t line) {
  const std::vector<std::string> lines = split(text, '\n');
  for (const std::size_t at : {line, line - 1})
    if (at < lines.size())
      if (const auto member = name_without_space(lines[at]); !member.empty()) return with_space(member);
  if (error.find("flow") != std::string_view::npos)
    return "inside of braces and brackets a comma stands between two members; a text with a comma, a colon or braces "
           "has to be in quotes";
  if (error == "illegal map value")
    return "a text with a colon and a space in it has to be in quotes, and each member begins a line of its own";
  if (error.find("tab") != std::string_view::npos) return "indent by spaces";
  if (error == "unknown token") return "a text that begins with @, `, % or another sign has to be in quotes";
  return error.starts_with("end of") ? "is this line indented as its neighbours are?" : "";
}

std::string hint_for_valueless(std::string_view member) {
  const std::size_t colon = member.find(':');
  if (colon != std::string_view::npos && colon + 1 < member.size()) return with_space(member.substr(0, hint_shown_max));
  return "inside of braces a comma begins another member, and braces make an object: put a text in quotes that has a "
         "comma or braces, as in \"{input.guest}\"";
}

}  // namespace sagactl
