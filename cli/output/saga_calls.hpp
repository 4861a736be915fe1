// The calls of a user's saga to its participants, in a trace: below their steps, and as a time line.
#pragma once

#include <string>
#include <string_view>

#include "cli/output/terminal.hpp"
#include "cli/output/tree.hpp"
#include "common/text/json.hpp"

namespace sagactl {

// Adds a line for each call of that step: its request, its answer, how long it took, and what the answer meant.
void add_calls(const Json& trace, std::string_view step, const Paint& paint, Branch& branch);

// Adds a bar for each step that has begun, over the time of the saga; nothing for fewer than two.
void add_time_line(const Json& saga, const Paint& paint, Branch& root);

}  // namespace sagactl
