// `sagactl context`: named sets of settings, such as one per cluster.
#pragma once

namespace CLI {
class App;
}

namespace sagactl {

class Commands;

void add_context(CLI::App& root, Commands& commands);

}  // namespace sagactl
