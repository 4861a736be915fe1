// `sagactl version`: which build this is.
#pragma once

namespace CLI {
class App;
}

namespace sagactl {

class Commands;

void add_version(CLI::App& root, Commands& commands);

}  // namespace sagactl
