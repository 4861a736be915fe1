// `sagactl loadtest init`: writes the first draft of a profile.
#pragma once

#include "cli/commands.hpp"

namespace sagactl {

// Adds it to the command `loadtest`.
void add_loadtest_init(CLI::App& loadtest, Commands& commands);

}  // namespace sagactl
