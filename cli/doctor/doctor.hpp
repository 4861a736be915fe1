// `sagactl doctor`: looks at everything a node needs, and says what to do about what is wrong.
#pragma once

namespace CLI {
class App;
}

namespace sagactl {

class Commands;

void add_doctor(CLI::App& root, Commands& commands);

}  // namespace sagactl
