// The answers as text: each status and each failure with its count and the first answer.
#pragma once

#include <string>

#include "common/text/json.hpp"

namespace sagactl {

// Empty when the result has none.
std::string answers_section(const Json& result);

}  // namespace sagactl
