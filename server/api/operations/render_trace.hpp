// Traces and events as JSON. Pure.
#pragma once

#include <string>
#include <vector>

#include "common/text/json.hpp"
#include "server/api/traced_flow.hpp"
#include "server/participants/flow.hpp"
#include "server/saga/event.hpp"

namespace sagactl::api {

// A saga that has not ended and not been written for this long is stuck.
inline constexpr Duration stuck_after = std::chrono::seconds(60);
// A user's saga that waits is not, before its timer is overdue.
bool is_stuck(const Saga& saga, Timestamp now);

// An element of GET /trace/events.
Json event_json(const Event& event);

// GET /trace/correlation/{id}.
Json correlation_trace_json(const TracedFlow& traced);

// GET /trace/order/{id}.
Json order_trace_json(const TracedFlow& traced);

// An element of GET /trace/active-flows.
Json active_flow_json(const Flow& flow, const std::vector<Event>& events, Timestamp now);

}  // namespace sagactl::api
