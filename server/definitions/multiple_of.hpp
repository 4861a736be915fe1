// `multipleOf` of JSON Schema 2020-12 (validation vocabulary, 6.2.1), by the decimal digits that people write: 19.99 is
// a multiple of 0.01, whatever binary fractions say, and 5000000.005 is none.
#pragma once

#include "common/text/json.hpp"

namespace sagactl {

// Whether `value` divided by `of` is whole; both are numbers, and `of` is above 0. A fraction counts as the shortest
// decimal that is read as the same number.
bool is_multiple_of(const Json& value, const Json& of);

}  // namespace sagactl
