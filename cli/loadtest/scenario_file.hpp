// A load test's flags in a file: `loadtest FILE.toml` or `--scenario-file FILE.toml`.
#pragma once

#include "common/result.hpp"

namespace CLI {
class App;
}

namespace sagactl {

struct Environment;

// Gives the flags of `loadtest` and of its parents that the command line left out the values of the file that
// it names, if it names one. `invalid` with the line and the member that is wrong or is no flag.
Result<void> fill_from_scenario_file(CLI::App& loadtest, const Environment& environment);

// Is what stands in place of the scenario the name of such a file?
bool is_scenario_file(std::string_view text);

}  // namespace sagactl
