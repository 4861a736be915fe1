// `sagactl dead-letter`: messages that nobody understood, listed and delivered again.
#pragma once

namespace CLI {
class App;
}

namespace sagactl {

class Commands;

void add_dead_letter(CLI::App& root, Commands& commands);

}  // namespace sagactl
