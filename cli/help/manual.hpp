// `sagactl man`: the manual page, made of the same tree of commands as the help.
#pragma once

namespace CLI {
class App;
}

namespace sagactl {

class Commands;

void add_manual(CLI::App& root, Commands& commands);

}  // namespace sagactl
