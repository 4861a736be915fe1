// `sagactl version`: which build this is.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace sagactl {

class Commands;

std::string version_number();    // "0.1.0"
std::string version_revision();  // "7e9652262a1c"
std::string version_text();  // "0.1.0 (7e9652262a1c)"

// "sagactl 0.1.0 (7e9652262a1c, release, g++ 12.2.0)"
std::string full_version_text();

void add_version(CLI::App& root, Commands& commands);

}  // namespace sagactl
