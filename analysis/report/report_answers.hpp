// What was answered, as text.
#pragma once

#include <string>

#include "common/text/json.hpp"

namespace sagactl {

// Each status and each failure with its count and the first answer; the endpoints; the targets, where they differ.
// Empty when the result has none.
std::string answers_section(const Json& result);

// The steps of journeys, and how long the complete ones took. Empty for a run of single requests.
std::string journeys_section(const Json& result);

}  // namespace sagactl
