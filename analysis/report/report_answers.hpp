// What was answered, as text.
#pragma once

#include <string>

#include "analysis/result/json_view.hpp"
#include "common/text/json.hpp"

namespace sagactl {

// Each status and each failure with its count and the first answer; the endpoints; the targets, where they differ.
// Empty when the result has none.
std::string answers_section(const Json& result);

// The steps of journeys, and how long the complete ones took. Empty for a run of single requests.
std::string journeys_section(const Json& result);

// A figure in ms with two decimals; "-" when there is none.
std::string figure_ms(const JsonView& value);

}  // namespace sagactl
