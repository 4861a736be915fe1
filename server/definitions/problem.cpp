#include "server/definitions/problem.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sagactl {
namespace {

constexpr std::size_t shown_max = 160;  // bytes of a line that are shown

bool is_inside_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

std::string_view line_of(std::string_view text, std::size_t line) {
  for (; line > 1; --line) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

// The line, and a line with a caret below the column. Of a long line only what is around the column is shown.
std::string excerpt(std::string_view line, Position at) {
  std::size_t offset = 0;
  for (std::size_t column = 1; offset < line.size() && column < at.column; ++column) {
    ++offset;
    while (offset < line.size() && is_inside_character(line[offset])) ++offset;
  }
  std::size_t begin = offset > shown_max / 2 ? offset - shown_max / 2 : 0;
  while (begin > 0 && is_inside_character(line[begin])) --begin;
  std::size_t end = std::min(line.size(), begin + shown_max);
  while (end < line.size() && is_inside_character(line[end])) ++end;
  std::string shown, below;
  for (std::size_t i = begin; i < end; ++i) {
    const bool is_control = static_cast<unsigned char>(line[i]) < 0x20 || line[i] == 0x7F;
    shown += is_control ? ' ' : line[i];
    if (i < offset && !is_inside_character(line[i])) below += ' ';
  }
  return fmt::format("{:>6} | {}\n       | {}^\n", at.line, shown, below);
}

}  // namespace

bool has_mistake(const std::vector<Problem>& problems) {
  return std::any_of(problems.begin(), problems.end(),
                     [](const Problem& it) { return it.severity == Severity::mistake; });
}

std::string problem_text(const Problem& problem, std::string_view name_of_file, std::string_view text_of_file) {
  std::string out = fmt::format("{}:{}:{}: {}: {}\n", name_of_file, problem.at.line, problem.at.column,
                                to_string(problem.severity), problem.message);
  out += excerpt(line_of(text_of_file, problem.at.line), problem.at);
  if (!problem.hint.empty()) out += fmt::format("       hint: {}\n", problem.hint);
  return out;
}

Json problems_json(const std::vector<Problem>& problems) {
  Json out = Json::array();
  for (const Problem& it : problems) {
    Json& json = out.emplace_back(Json{{"severity", to_string(it.severity)},
                                       {"line", it.at.line},
                                       {"column", it.at.column},
                                       {"path", it.path},
                                       {"message", it.message}});
    if (!it.hint.empty()) json["hint"] = it.hint;
  }
  return out;
}

}  // namespace sagactl
