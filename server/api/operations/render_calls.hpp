// The calls of a user's saga to its participants as JSON. Pure.
#pragma once

#include <vector>

#include "common/text/json.hpp"
#include "server/participants/calls/call_record.hpp"
#include "server/saga/saga.hpp"

namespace sagactl::api {

// Each with its request, without headers, as far as the saga's present state gives it: null for a question that
// went to where the participant said, and for a request whose values are not there any more.
Json calls_json(const Saga& saga, const std::vector<CallRecord>& calls);

}  // namespace sagactl::api
