// Sets the value of a parsed command's option from a source other than the command line.
#pragma once

#include <string>
#include <vector>

#include "common/result.hpp"

namespace CLI {
class Option;
}

namespace sagactl {

// "port" for --port; "" for a positional argument.
std::string long_name(const CLI::Option& option);

// Replaces the option's values. On an error, whose message names the flag, the option is left without a value.
Result<void> set_option(CLI::Option& option, const std::vector<std::string>& values);

}  // namespace sagactl
