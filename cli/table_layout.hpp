// Which columns of a table a terminal shows, and how wide.
#pragma once

#include <string>
#include <vector>

#include "cli/output/table.hpp"

namespace sagactl {

using Cells = std::vector<std::string>;  // one for each column

struct ColumnLayout {
  bool shown = true;
  bool shortened = false;  // an id or a time is
  int width = 0;
};

struct TableLayout {
  std::vector<ColumnLayout> columns;
  std::vector<std::size_t> id_lengths;  // of each column of ids: how much of one tells it from the others
  bool has_left_out = false;

  // The cell as it is shown, which may still be wider than its column.
  std::string shown(const Column& column, std::size_t index, const std::string& cell) const;
};

inline constexpr int column_gap = 2;

// `width` 0: every column as wide as it is.
TableLayout lay_out(const std::vector<Column>& columns, const std::vector<Cells>& rows, int width);

}  // namespace sagactl
