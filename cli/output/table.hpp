// Columns of text for people.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

#include "cli/display_text.hpp"

namespace sagactl {

// What may become of a column's cells on a terminal that is too narrow for them.
enum class Fit : std::uint8_t {
  whole,   // nothing
  number,  // nothing; aligned to the right
  id,      // the ids in it are shown by beginnings that tell them apart, which every command takes
  time,    // an ISO 8601 time loses its seconds
  text,    // cut, with an ellipsis
  folded,  // goes on below; only the last column
};

struct Column {
  std::string name;
  Fit fit = Fit::text;
  bool needed = false;  // never left out: what the row is about, and what became of it
};
inline constexpr bool needed = true;

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // One cell per column. Cells may hold colours; line ends in them are shown as spaces.
  void row(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }

  // Columns two blanks apart. With a `width` above 0 lines keep to it: texts are cut, then times and ids shortened, then
  // columns left out from the right that are not needed, which the heading tells by an ellipsis.
  void print(std::ostream& out, int width = 0) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace sagactl
