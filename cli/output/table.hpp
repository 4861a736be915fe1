// A table of text with aligned columns.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace sagactl {

struct TableColumn {
  std::string name;
  bool right = false;  // aligned right, as numbers are
};

class Table {
 public:
  explicit Table(std::vector<TableColumn> columns) : columns_(std::move(columns)) {}

  // One cell per column. Cells may contain colours; line breaks in them are printed as spaces.
  void row(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }

  // Columns are separated by two spaces. With a `width` above 0, lines are cut to it.
  void print(std::ostream& out, int width = 0) const;

 private:
  std::vector<TableColumn> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// The width of the text on a terminal: colours have none, Korean, Chinese and Japanese letters have two columns.
int display_width(std::string_view text);

// The text, or as much of it as fits with an ellipsis.
std::string cut(std::string_view text, int width);

// The text with spaces up to the width.
std::string padded(std::string text, int width);

}  // namespace sagactl
