// `sagactl analyze`: what a database holds already: nodes, groups, times, verdicts; and two results compared.
#pragma once

namespace CLI {
class App;
}

namespace sagactl {

class Commands;

void add_analyze(CLI::App& root, Commands& commands);

}  // namespace sagactl
