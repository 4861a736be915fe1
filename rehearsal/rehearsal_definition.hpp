// The definition as it is rehearsed: other addresses of its participants, retries and sleeps in fractions of a second,
// and a wait after its last steps, from where a saga can still be turned back.
#pragma once

#include <map>
#include <string>

#include "common/text/json.hpp"
#include "server/saga/definition.hpp"

namespace sagactl {

// `urls` by the participant's name; the others keep theirs. `invalid` for a name that the definition does not have.
Result<DefinitionPointer> rehearsal_definition(const Json& definition, const std::map<std::string, std::string>& urls);

}  // namespace sagactl
