// `sagactl completion`: scripts that complete commands and flags in bash, zsh and fish.
#pragma once

namespace CLI {
class App;
}

namespace sagactl {

class Commands;

void add_completion(CLI::App& root, Commands& commands);

}  // namespace sagactl
