// `sagactl order`: places, shows, lists, cancels and confirms orders.
#pragma once

namespace CLI {
class App;
}

namespace sagactl {

class Commands;

void add_order(CLI::App& root, Commands& commands);

}  // namespace sagactl
