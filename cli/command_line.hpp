// Runs one command line: arguments in, exit code out. Everything of `sagactl` but `main`.
#pragma once

#include <string>
#include <vector>

#include "cli/configuration/environment.hpp"
#include "cli/interrupt.hpp"
#include "cli/output/terminal.hpp"

namespace sagactl {

// `arguments` does not include the program's name. Results go to `terminal.out`, everything else to `terminal.err`.
// Returns the exit code (exit_code.hpp). Never ends the process and throws nothing.
int run_command_line(const std::vector<std::string>& arguments, Terminal& terminal, const Environment& environment,
                     Interrupt& interrupt);

}  // namespace sagactl
