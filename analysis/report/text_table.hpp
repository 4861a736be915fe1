// A text table: columns as wide as their widest cell, separated by two spaces.
#pragma once

#include <string>
#include <vector>

namespace sagactl {

class TextTable {
 public:
  // One letter per column: 'l' or 'r', the alignment of its cells.
  explicit TextTable(std::string sides) : sides_(std::move(sides)) {}

  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  // Each line starts with `indent` spaces and ends with a line feed, without trailing spaces.
  std::string text(std::size_t indent = 2) const;

 private:
  std::string sides_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace sagactl
