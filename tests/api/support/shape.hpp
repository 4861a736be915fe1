// Compares an answer with a recorded one by its shape.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/text/json.hpp"

namespace sagactl::test {

// Members that `live` lacks, or that have another JSON type than in `recorded`. Where the recording has null, any value
// is accepted, and lists in it may be empty. Elements of lists of events are compared with a recorded one of the same
// eventType, those of other lists with the first. Members named message, error and code must be equal after `names` was
// applied. One line with the path for each difference.
std::vector<std::string> shape_differences(const Json& recorded, const Json& live,
                                           const std::map<std::string, std::string>& names);

// Adds to `names` the live id, token or correlation id for each recorded one, from two answers to the same request.
void learn_names(const Json& recorded, const Json& live, std::map<std::string, std::string>& names);

// The text with every recorded name replaced.
std::string rename(std::string text, const std::map<std::string, std::string>& names);

}  // namespace sagactl::test
