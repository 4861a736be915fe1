// `sagactl user`: makes and unmakes admins, and shuts users out.
#pragma once

namespace CLI {
class App;
}

namespace sagactl {

class Commands;

void add_user(CLI::App& root, Commands& commands);

}  // namespace sagactl
