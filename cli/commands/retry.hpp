// `sagactl retry` and `sagactl compensate`: one saga, several, or all that are alike.
#pragma once

namespace CLI {
class App;
}

namespace sagactl {

class Commands;

void add_retry(CLI::App& root, Commands& commands);

}  // namespace sagactl
