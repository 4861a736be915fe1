// `sagactl login` and `sagactl logout`: tokens for nodes that are not on this machine.
#pragma once

namespace CLI {
class App;
}

namespace sagactl {

class Commands;

void add_login(CLI::App& root, Commands& commands);

}  // namespace sagactl
