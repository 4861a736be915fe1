// Flags of a load test in a file: `loadtest FILE.toml` or `--scenario-file FILE.toml`.
#pragma once

#include "common/result.hpp"

namespace CLI {
class App;
}

namespace sagactl {

struct Environment;

// If the command line names a scenario file, sets the flags of `loadtest` and its parents that the command line did not
// give. `invalid` with all members that are wrong or not flags, each with its line.
Result<void> fill_from_scenario_file(CLI::App& loadtest, const Environment& environment);

// Whether the scenario argument is the name of a scenario file.
bool is_scenario_file(std::string_view text);

}  // namespace sagactl
