// A saga definition, drawn: steps in their order, what undoes each, and how long each is tried.
#pragma once

#include <string>

#include "cli/output/terminal.hpp"
#include "common/text/json.hpp"

namespace sagactl {

// `definition`: one of GET /sagas/definitions. `with_topics`: also under which topics its events are
// published.
std::string definition_tree(const Json& definition, const Paint& paint, bool with_topics, int width = 0);

}  // namespace sagactl
