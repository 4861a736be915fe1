// The node in whose name `sagactl import` writes what it brings from another system; no process serves under it. Its
// events are history: a store takes them with the times at which they happened there, in any order, and counts them as
// published.
#pragma once

#include <string_view>

namespace sagactl {

inline constexpr std::string_view importing_node = "import-nestjs-cqrs";

}  // namespace sagactl
