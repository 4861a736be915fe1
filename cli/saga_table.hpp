// Sagas as rows.
#pragma once

#include <vector>

#include "cli/table.hpp"
#include "cli/terminal.hpp"
#include "common/json.hpp"

namespace sagactl {

Table saga_table(const std::vector<Json>& sagas, const Paint& paint);

}  // namespace sagactl
