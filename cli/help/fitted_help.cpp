#include "cli/help/fitted_help.hpp"

#include <algorithm>
#include <vector>

#include "cli/output/display_text.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr int narrow_indent = 6;     // of descriptions, where none would fit beside the names
constexpr int description_min = 30;  // columns of a description beside its name

bool is_example(std::string_view line) {
  return line.starts_with("  sagactl ");
}

std::string blanks(int count) {
  return std::string(static_cast<std::size_t>(std::max(0, count)), ' ');
}

// Adds the text below `first`, which is on the line already or begins one.
void add_folded(std::string& out, const std::string& first, std::string_view text, int indent, int width) {
  std::string before = first;
  for (const std::string& part : folded_line(text, width - indent, width - indent)) {
    out.append(before).append(part).append("\n");
    before = blanks(indent);
  }
}

// "  --rate RATE       Open loop: ..."
void add_entry(std::string& out, const std::string& line, int width) {
  const auto column = static_cast<std::size_t>(help_column);
  const bool has_description = line.size() > column && line[column - 1] == ' ';
  if (!has_description) return add_folded(out, "", line, narrow_indent, width);
  const std::string name = line.substr(0, column), description = line.substr(column);
  if (width - help_column >= description_min) return add_folded(out, name, description, help_column, width);
  if (const std::string_view shown = std::string_view(name).substr(0, name.find_last_not_of(' ') + 1); !shown.empty())
    out.append(shown).append("\n");
  add_folded(out, blanks(narrow_indent), description, narrow_indent, width);
}

// Whether the sentence that stands on the line continues on the next one.
bool continues(const std::string& line, const std::string& next) {
  const bool is_text = !line.empty() && !line.starts_with(' ') && !next.empty() && !next.starts_with(' ');
  return is_text && !line.ends_with('.') && !line.ends_with(':');
}

}  // namespace

std::string fitted_help(std::string_view help, int width) {
  if (width <= 0) return std::string(help);
  std::vector<std::string> lines = split(help, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  std::string out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string line = lines[i];
    if (display_width(line) <= width || is_example(line)) {
      out.append(line).append("\n");
      continue;
    }
    if (line.starts_with("  ")) {
      add_entry(out, line, width);
      continue;
    }
    for (; i + 1 < lines.size() && continues(lines[i], lines[i + 1]); ++i) line.append(" ").append(lines[i + 1]);
    add_folded(out, "", line, 0, width);
  }
  return out;
}

}  // namespace sagactl
