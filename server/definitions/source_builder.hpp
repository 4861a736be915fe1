// Builds the tree of a text's values from the events of a parser.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/definitions/source.hpp"

namespace sagactl {

// The place of a byte in a text.
class SourceText {
 public:
  explicit SourceText(std::string_view text);
  Position at_offset(std::size_t offset) const;
  // `line` and the byte in it count from 0.
  Position at_byte(std::size_t line, std::size_t byte) const;
  // What stands there up to the end of the line; "" outside of the text.
  std::string_view rest_of_line(std::size_t line, std::size_t byte) const;
  std::size_t lines() const { return begins_.size(); }

 private:
  std::string_view text_;
  std::vector<std::size_t> begins_;
};

// A text that is not read to its end.
struct SourceUnreadable {
  Position at;
  std::string message;
  std::string hint = {};
};

// Throws SourceUnreadable when a limit is exceeded.
class SourceBuilder {
 public:
  explicit SourceBuilder(std::vector<Problem>& problems) : problems_(problems) {}

  bool wants_name() const { return !open_.empty() && open_.back()->kind == SourceKind::object && !has_name_; }
  void name(std::string name, Position at);
  void value(SourcePointer value, Position at);
  void scalar(Json scalar, Position at);
  SourcePointer begin(SourceKind kind, Position at);
  void end();
  bool is_open(const SourcePointer& value) const;

  SourcePointer take() { return std::move(root_); }

 private:
  void put(SourcePointer value);

  std::vector<Problem>& problems_;
  std::vector<SourcePointer> open_;
  std::vector<std::unordered_map<std::string, std::size_t>> lines_;  // of the names in each that is open
  SourcePointer root_;
  SourceMember pending_;
  bool has_name_ = false;
  std::size_t values_ = 0;
};

// Puts a number into `out`; false when JSON cannot hold it exactly enough: infinite, or an integer beyond 64 bits.
bool read_source_number(std::string_view text, Json& out);

}  // namespace sagactl
