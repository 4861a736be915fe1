// `sagactl loadtest`: sends load, waits for the sagas, and decides whether all was right.
#pragma once

namespace CLI {
class App;
}

namespace sagactl {

class Commands;

void add_loadtest(CLI::App& root, Commands& commands);

}  // namespace sagactl
