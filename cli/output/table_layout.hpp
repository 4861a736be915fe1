// Decides which columns of a table are shown on a terminal, and how wide.
#pragma once

#include <string>
#include <vector>

#include "cli/output/table.hpp"

namespace sagactl {

using Cells = std::vector<std::string>;  // one per column

struct ColumnLayout {
  bool shown = true;
  bool shortened = false;  // its ids or times are shortened
  int width = 0;
};

struct TableLayout {
  std::vector<ColumnLayout> columns;
  std::vector<std::size_t> id_lengths;  // per column: the length of the shortest prefixes that are unique
  bool has_left_out = false;

  // The cell with its id or time shortened as the layout says. It may still be wider than its column.
  std::string shown(const TableColumn& column, std::size_t index, const std::string& cell) const;
};

inline constexpr int column_gap = 2;

// `width` 0: every column in its full width.
TableLayout lay_out(const std::vector<TableColumn>& columns, const std::vector<Cells>& rows, int width);

}  // namespace sagactl
