// The command that imports: `sagactl import`.
#pragma once

#include "cli/commands.hpp"

namespace sagactl {

void add_import(CLI::App& root, Commands& commands);

}  // namespace sagactl
