// Validates JSON against a schema of the OpenAPI document: the part of JSON Schema that the document uses.
#pragma once

#include <string>
#include <vector>

#include "common/text/json.hpp"

namespace sagactl::test {

// The violations of `schema` in `value`, one line with its path for each. `document` has the referenced schemas.
std::vector<std::string> schema_faults(const Json& document, const Json& schema, const Json& value,
                                       const std::string& path = "body");

}  // namespace sagactl::test
