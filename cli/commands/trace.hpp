// `sagactl trace`: one saga as a tree, from its first event to its last.
#pragma once

namespace CLI {
class App;
}

namespace sagactl {

class Commands;

void add_trace(CLI::App& root, Commands& commands);

}  // namespace sagactl
