// How many files and connections this process may have open.
#pragma once

#include <cstddef>

namespace sagactl {

// Raises the limit as far as this user may, and gives what it is now. Shells and services begin with 1,024 where far
// more is allowed, for the sake of programs that cannot handle more.
std::size_t raise_descriptor_limit();

std::size_t descriptor_limit();
std::size_t descriptor_limit_max();  // to which it may be raised
std::size_t descriptors_open();

}  // namespace sagactl
