// Opens an address in the user's browser.
#pragma once

#include <string>

#include "cli/configuration/environment.hpp"
#include "common/result.hpp"

namespace sagactl {

// By the program in $BROWSER, or xdg-open, which is started and not waited for. The address may hold a secret: the
// program is given a file that only the user can read and that leads there, since everyone can read command lines.
// `unavailable` when the program, a display for xdg-open or the file cannot be had.
Result<void> open_in_browser(const Environment& environment, const std::string& address);

}  // namespace sagactl
