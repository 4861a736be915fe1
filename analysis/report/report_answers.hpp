// How the requests were answered, for text: each status and each failure with its number and the first answer.
#pragma once

#include <string>

#include "common/text/json.hpp"

namespace sagactl {

// Empty where a result has none.
std::string answers_section(const Json& result);

}  // namespace sagactl
