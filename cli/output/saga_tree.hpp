// A trace as a tree: the saga, its steps with times, nodes, executions and errors, the payment and the events.
#pragma once

#include <string>

#include "cli/output/terminal.hpp"
#include "common/text/json.hpp"

namespace sagactl {

// `trace`: the body of GET /trace/correlation/..., of which only `saga` must be there. A server that tells no
// `steps` has those of `completedSteps` and `compensationSteps` shown.
std::string saga_tree(const Json& trace, const Paint& paint, int width = 0);

// An event of the timeline on one line; `began` is when the trace began.
std::string event_line(const Json& event, const Json& began, const Paint& paint);

}  // namespace sagactl
