// What a user's saga needs of the answer to one of its waits.
#pragma once

#include <string_view>
#include <vector>

#include "server/saga/definition.hpp"

namespace sagactl {

// The values of the answer to the wait that requests of other steps, and the result, name: {approval.by}. Each once, in
// the order of the steps.
std::vector<ValuePath> values_needed_of(const SagaDefinition& definition, std::size_t wait);

// Those that `answer` lacks: a JSON object, or empty for none. An object, a list or null is none where a URL names it.
// Without them steps would be refused, and the saga would go back; in the result null would stand.
std::vector<ValuePath> missing_values(const SagaDefinition& definition, std::size_t wait, std::string_view answer);

// "{approval.by}, {approval.limit}"
std::string shown_values(const std::vector<ValuePath>& values);

}  // namespace sagactl
