// A trace as a tree: the saga, its steps with times, nodes, retries and errors, its payments, reservations and events.
#pragma once

#include <string>

#include "cli/output/terminal.hpp"
#include "common/text/json.hpp"

namespace sagactl {

// `trace`: the body of GET /trace/correlation/..., of which only `saga` is required. Without `steps`, the steps are
// taken from `completedSteps` and `compensationSteps`. Its member `nested`, if it has one, has the traces of nested
// LRAs by their ids. With a `width` above 0, longer texts are wrapped.
std::string saga_tree(const Json& trace, const Paint& paint, int width = 0);

// One line for an event of the timeline; `began` is the time of the first event.
std::string event_line(const Json& event, const Json& began, const Paint& paint);

}  // namespace sagactl
