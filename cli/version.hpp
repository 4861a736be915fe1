// The version of this build, and `sagactl version`.
#pragma once

#include <string>

namespace sagactl {

std::string version_number();    // "0.1.0"
std::string version_revision();  // "7e9652262a1c"
std::string version_text();      // "0.1.0 (7e9652262a1c)"

// "sagactl 0.1.0 (7e9652262a1c, release, g++ 12.2.0)"
std::string full_version_text();

}  // namespace sagactl
