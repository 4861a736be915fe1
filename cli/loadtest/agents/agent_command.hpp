// `sagactl loadtest agent`: sends a part of the load tests of other machines.
#pragma once

#include "cli/commands.hpp"

namespace sagactl {

void add_loadtest_agent(CLI::App& loadtest, Commands& commands);

}  // namespace sagactl
