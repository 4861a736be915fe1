// How the command of a result ended, as reports and badges show it.
#pragma once

#include <string>

#include "common/text/json.hpp"

namespace sagactl {

struct ShownEnd {
  std::string text;    // "passed", "failed: no-lost-order", "undecided", "threshold missed: p99<50ms", "interrupted"
  std::string ruling;  // PASS, FAIL or UNKNOWN: for its colour
};

// By the exit code that the result has, or by its verdict where it has none.
ShownEnd shown_end(const Json& result);

// A badge of `shown_end` as SVG, in the two-part form that badges have.
std::string badge_svg(const Json& result);

}  // namespace sagactl
