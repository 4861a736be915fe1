#include "cli/output/table.hpp"

#include <algorithm>
#include <ostream>

#include "cli/output/display_text.hpp"
#include "cli/output/table_layout.hpp"

namespace sagactl {
namespace {

std::string spaces(int count) {
  return std::string(static_cast<std::size_t>(std::max(0, count)), ' ');
}

}  // namespace

void Table::row(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  for (std::string& cell : cells) cell = on_one_line(cell);
  rows_.push_back(std::move(cells));
}

void Table::print(std::ostream& out, int width) const {
  const TableLayout layout = lay_out(columns_, rows_, width);
  const auto line = [&](const Cells& cells, bool is_heading) {
    std::string text;
    std::vector<std::string> below;
    int before = 0;     // used columns of the terminal
    int unwritten = 0;  // spaces that are only needed when another cell follows
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const ColumnLayout& column = layout.columns[i];
      if (!column.shown) continue;
      std::string cell = is_heading ? cells[i] : layout.shown(columns_[i], i, cells[i]);
      if (columns_[i].fit == Fit::folded && display_width(cell) > column.width) {
        below = folded_line(cell, column.width, column.width);
        cell = below.front();
        below.erase(below.begin());
      } else {
        cell = cut(cell, column.width);
      }
      const int missing = column.width - display_width(cell);
      const bool right = columns_[i].fit == Fit::number;
      text += spaces(unwritten + (right ? missing : 0)) + cell;
      unwritten = column_gap + (right ? 0 : missing);
      if (&cells[i] != &cells.back()) before += column.width + column_gap;
    }
    if (is_heading && layout.has_left_out) text += " …";
    out << (width > 0 && below.empty() && columns_.back().fit != Fit::folded ? cut(text, width) : text) << '\n';
    for (const std::string& part : below) out << spaces(before) << part << '\n';
  };
  Cells header;
  for (const TableColumn& column : columns_) header.push_back(column.name);
  line(header, true);
  for (const Cells& cells : rows_) line(cells, false);
}

}  // namespace sagactl
