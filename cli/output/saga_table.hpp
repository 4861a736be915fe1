// A table of sagas.
#pragma once

#include <vector>

#include "cli/output/table.hpp"
#include "cli/output/terminal.hpp"
#include "common/text/json.hpp"

namespace sagactl {

Table saga_table(const std::vector<Json>& sagas, const Paint& paint);

}  // namespace sagactl
