// `sagactl lock-status`: one lock, or all that are held.
#pragma once

namespace CLI {
class App;
}

namespace sagactl {

class Commands;

void add_lock_status(CLI::App& root, Commands& commands);

}  // namespace sagactl
