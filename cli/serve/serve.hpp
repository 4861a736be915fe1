// `sagactl serve`: runs nodes until it is told to stop.
#pragma once

namespace CLI {
class App;
}

namespace sagactl {

class Commands;

void add_serve(CLI::App& root, Commands& commands);

}  // namespace sagactl
