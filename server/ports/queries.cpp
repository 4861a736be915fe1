#include "server/ports/queries.hpp"

namespace sagactl {

bool fits_pattern(std::string_view text, std::string_view pattern) {
  // Where to go on when what follows the last * does not fit.
  std::size_t at = 0, in_pattern = 0, star = std::string_view::npos, after_star = 0;
  while (at < text.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      star = in_pattern++;
      after_star = at;
    } else if (in_pattern < pattern.size() && pattern[in_pattern] == text[at]) {
      ++at;
      ++in_pattern;
    } else if (star != std::string_view::npos) {
      in_pattern = star + 1;
      at = ++after_star;
    } else {
      return false;
    }
  }
  while (in_pattern < pattern.size() && pattern[in_pattern] == '*') ++in_pattern;
  return in_pattern == pattern.size();
}

Error list_too_long() {
  return Error{ErrorCode::unavailable,
               "the list took too long: it has too many rows to search; narrow it by status, type, user or time",
               Json{{"code", "LIST_TOO_LONG"}}};
}

}  // namespace sagactl
