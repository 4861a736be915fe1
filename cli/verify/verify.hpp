// `sagactl verify`: the invariants, over the whole database, in one snapshot.
#pragma once

namespace CLI {
class App;
}

namespace sagactl {

class Commands;

void add_verify(CLI::App& root, Commands& commands);

}  // namespace sagactl
