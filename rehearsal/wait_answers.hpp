// What the waits of a rehearsed saga are answered with.
#pragma once

#include <map>
#include <string>

#include "server/saga/definition.hpp"

namespace sagactl {

using WaitAnswers = std::map<std::string, std::string>;  // JSON objects, by step

// `given`, and for the other waits answers that are made up: with a text for every value that the saga names.
WaitAnswers complete_answers(const SagaDefinition& definition, WaitAnswers given);

// `invalid` when one answers no wait, is no JSON object, or lacks a value that the saga names.
Result<void> check_answers(const SagaDefinition& definition, const WaitAnswers& given);

}  // namespace sagactl
