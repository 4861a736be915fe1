// Compares an answer with a recorded one by meaning.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/text/json.hpp"

namespace sagactl::test {

// Where `live` has less than `recorded`: a member is missing, or has another JSON type. Where the recording
// has null, anything goes, and lists within may be empty. Elements of lists of events are held against a
// recorded one of the same eventType, those of other lists against the first. Members named message, error
// and code have to be equal, when `names` has been applied. Each difference is one line with its path.
std::vector<std::string> shape_differences(const Json& recorded, const Json& live,
                                           const std::map<std::string, std::string>& names);

// Learns which live id, token or correlation stands for which recorded one, from two answers to the same
// request.
void learn_names(const Json& recorded, const Json& live, std::map<std::string, std::string>& names);

// The text with every recorded name replaced.
std::string rename(std::string text, const std::map<std::string, std::string>& names);

}  // namespace sagactl::test
