// A saga definition as a tree: its steps in order, their compensations, timeouts and retries.
#pragma once

#include <string>

#include "cli/output/terminal.hpp"
#include "common/text/json.hpp"

namespace sagactl {

// `definition`: one of GET /sagas/definitions. `with_topics` adds the topics of its events. With a `width` above 0,
// longer texts are wrapped.
std::string definition_tree(const Json& definition, const Paint& paint, bool with_topics, int width = 0);

}  // namespace sagactl
