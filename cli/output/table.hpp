// Columns of text for people.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace sagactl {

struct TableColumn {
  std::string name;
  bool right = false;  // numbers
};

class Table {
 public:
  explicit Table(std::vector<TableColumn> columns) : columns_(std::move(columns)) {}

  // One cell per column. Cells may hold colours; line ends in them are shown as spaces.
  void row(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }

  // Columns two blanks apart. With a `width` above 0, the last column is cut so that lines fit.
  void print(std::ostream& out, int width = 0) const;

 private:
  std::vector<TableColumn> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// How many columns of a terminal the text takes: colours take none, Korean, Chinese and Japanese letters two.
int display_width(std::string_view text);

// The beginning of the text that fits, with an ellipsis when something was cut off.
std::string cut(std::string_view text, int width);

}  // namespace sagactl
