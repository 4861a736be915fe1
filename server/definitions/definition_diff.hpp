// What differs between two versions of a definition.
#pragma once

#include <string>
#include <vector>

#include "common/text/json.hpp"

namespace sagactl {

// Plain lines, one for each difference: "step payment: timeout 5s -> 8s", "step mail: added after payment". Both are
// canonical JSON.
std::vector<std::string> definition_diff(const Json& before, const Json& now);

}  // namespace sagactl
