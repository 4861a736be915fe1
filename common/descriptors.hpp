// The limit on open files and connections of this process.
#pragma once

#include <cstddef>

namespace sagactl {

// Raises the limit as far as this user may, and returns it. Shells and services start processes with 1,024 where far
// more is allowed, for programs that use select().
std::size_t raise_descriptor_limit();

std::size_t descriptor_limit();
std::size_t descriptor_limit_max();  // that this user may set
std::size_t descriptors_open();

}  // namespace sagactl
