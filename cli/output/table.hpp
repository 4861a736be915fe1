// A table of text with aligned columns.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

#include "cli/output/display_text.hpp"

namespace sagactl {

// How the cells of a column are fitted to a terminal that is too narrow.
enum class Fit : std::uint8_t {
  whole,   // unchanged
  number,  // unchanged, aligned right
  id,      // ids are shortened to unique prefixes, which every command accepts
  time,    // an ISO 8601 time is shown without seconds
  text,    // cut, with an ellipsis
  folded,  // wrapped; only for the last column
};

struct TableColumn {
  std::string name;
  Fit fit = Fit::text;
  bool needed = false;  // never left out, such as the id and the status of a row
};
inline constexpr bool needed = true;

class Table {
 public:
  explicit Table(std::vector<TableColumn> columns) : columns_(std::move(columns)) {}

  // One cell per column. Cells may contain colours; line breaks in them are printed as spaces.
  void row(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }

  // Columns are separated by two spaces. With a `width` above 0, lines keep to it: first texts are cut, then times and
  // ids are shortened, then columns that are not needed are left out from the right, which an ellipsis in the heading
  // shows.
  void print(std::ostream& out, int width = 0) const;

 private:
  std::vector<TableColumn> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace sagactl
