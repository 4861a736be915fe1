// `sagactl audit`: what people had done, and who.
#pragma once

namespace CLI {
class App;
}

namespace sagactl {

class Commands;

void add_audit(CLI::App& root, Commands& commands);

}  // namespace sagactl
