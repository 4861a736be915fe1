// `sagactl saga`: lists sagas by what they are like, and shows one.
#pragma once

namespace CLI {
class App;
}

namespace sagactl {

class Commands;

void add_saga(CLI::App& root, Commands& commands);

}  // namespace sagactl
