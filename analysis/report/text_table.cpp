#include "analysis/report/text_table.hpp"

#include <algorithm>

#include "common/text/text.hpp"

namespace sagactl {

std::string TextTable::text(std::size_t indent) const {
  std::vector<std::size_t> widths(sides_.size(), 0);
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i)
      widths[i] = std::max(widths[i], utf8_length(row[i]));
  std::string out;
  for (const auto& row : rows_) {
    std::string line(indent, ' ');
    for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i) {
      const std::string space(widths[i] - utf8_length(row[i]), ' ');
      if (i > 0) line += "  ";
      line += sides_[i] == 'r' ? space + row[i] : row[i] + space;
    }
    while (!line.empty() && line.back() == ' ') line.pop_back();
    out += line + '\n';
  }
  return out;
}

}  // namespace sagactl
