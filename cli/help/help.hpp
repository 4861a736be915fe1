// `sagactl help`: the help of a command, as its --help shows it.
#pragma once

namespace CLI {
class App;
}

namespace sagactl {

class Commands;

void add_help(CLI::App& root, Commands& commands);

}  // namespace sagactl
