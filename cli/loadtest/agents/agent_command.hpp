// `sagactl loadtest agent`: sends a part of other machines' load tests.
#pragma once

#include "cli/commands.hpp"

namespace sagactl {

void add_loadtest_agent(CLI::App& loadtest, Commands& commands);

}  // namespace sagactl
