// A flow with what a trace shows of it.
#pragma once

#include <vector>

#include "server/participants/calls/call_record.hpp"
#include "server/participants/flow.hpp"

namespace sagactl::api {

struct TracedFlow {
  Flow flow;
  std::vector<Event> events;           // oldest first
  std::vector<CallRecord> calls = {};  // to participants of a user's saga, oldest first
};

}  // namespace sagactl::api
