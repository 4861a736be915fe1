// `sagactl top`: nodes, rates, active and stuck sagas, live.
#pragma once

namespace CLI {
class App;
}

namespace sagactl {

class Commands;

void add_top(CLI::App& root, Commands& commands);

}  // namespace sagactl
