// JSON held against a schema of the OpenAPI document: as much of JSON Schema as that uses.
#pragma once

#include <string>
#include <vector>

#include "common/text/json.hpp"

namespace sagactl::test {

// What of `value` is not as `schema` says, each as one line with its path. `document` has the schemas that are referred to.
std::vector<std::string> schema_faults(const Json& document, const Json& schema, const Json& value,
                                       const std::string& path = "body");

}  // namespace sagactl::test
