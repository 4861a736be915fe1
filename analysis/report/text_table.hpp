// A table for people: columns as wide as their widest cell, two spaces between them.
#pragma once

#include <string>
#include <vector>

namespace sagactl {

class TextTable {
 public:
  // One letter a column: 'l' or 'r', to which side its cells go.
  explicit TextTable(std::string sides) : sides_(std::move(sides)) {}

  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  // Each line begins with `indent` spaces and ends in a line feed; nothing ends in spaces.
  std::string text(std::size_t indent = 2) const;

 private:
  std::string sides_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace sagactl
