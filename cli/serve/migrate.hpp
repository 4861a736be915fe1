// `sagactl migrate`: brings a database to the schema of this build.
#pragma once

namespace CLI {
class App;
}

namespace sagactl {

class Commands;

void add_migrate(CLI::App& root, Commands& commands);

}  // namespace sagactl
