// One thing as lines of a name and a value.
#pragma once

#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

namespace sagactl {

using Fields = std::vector<std::pair<std::string, std::string>>;

// Values begin in one column; those that are empty are left out.
// With a `width` above 0 values go on in lines below.
void print(std::ostream& out, const Fields& fields, int width = 0);

}  // namespace sagactl
