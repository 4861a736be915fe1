// What is wrong with a definition, and where in its file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/text/json.hpp"
#include "common/text/spelling.hpp"

namespace sagactl {

enum class Severity : std::uint8_t {
  mistake,  // the definition cannot be published
  warning,  // it can; it may not do what its author thinks
};

template <>
struct Spelling<Severity> {
  static constexpr std::string_view names[] = {"mistake", "warning"};
};

// A place in a text; both count from 1, columns in characters.
struct Position {
  std::size_t line = 1, column = 1;
  friend auto operator<=>(const Position&, const Position&) = default;
};

struct Problem {
  Severity severity = Severity::mistake;
  Position at;
  std::string path;     // a JSON pointer: "/steps/2/undo/post"
  std::string message;  // one sentence without its full stop
  std::string hint;     // what would be right; empty when the message says it

  friend bool operator==(const Problem&, const Problem&) = default;
};

bool has_mistake(const std::vector<Problem>& problems);

// For people:
//   trip.yaml:12:5: mistake: unknown member `stpes`
//      12 |     stpes:
//         |     ^
//      hint: did you mean `steps`?
std::string problem_text(const Problem& problem, std::string_view name_of_file, std::string_view text_of_file);

// [{"severity", "line", "column", "path", "message", "hint"}]: the member `errors` of an HTTP answer.
Json problems_json(const std::vector<Problem>& problems);

}  // namespace sagactl
