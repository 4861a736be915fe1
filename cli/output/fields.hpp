// Prints an object as lines of a name and a value.
#pragma once

#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

namespace sagactl {

using Fields = std::vector<std::pair<std::string, std::string>>;

// Aligns the values; leaves out empty ones. With a `width` above 0, longer values are wrapped.
void print(std::ostream& out, const Fields& fields, int width = 0);

}  // namespace sagactl
