// Help that fits a terminal.
#pragma once

#include <string>
#include <string_view>

namespace sagactl {

// Where the descriptions of flags, arguments and commands begin.
inline constexpr int help_column = 34;

// The help of a command with no line wider than `width` columns, where words allow it: descriptions are wrapped below
// each other. Examples stay on one line, to be copied. 0: unchanged.
std::string fitted_help(std::string_view help, int width);

}  // namespace sagactl
