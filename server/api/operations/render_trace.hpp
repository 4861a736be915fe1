// What happened to an order, as a timeline. Pure.
#pragma once

#include <string>
#include <vector>

#include "common/text/json.hpp"
#include "server/participants/flow.hpp"
#include "server/saga/event.hpp"

namespace sagactl::api {

// No step forward for so long, and not ended: the flow is stuck.
inline constexpr Duration stuck_after = std::chrono::seconds(60);
bool is_stuck(const Saga& saga, Timestamp now);

// An element of GET /trace/events.
Json event(const Event& event);

// GET /trace/correlation/{id}; `events` are those of the flow in their order.
Json trace_by_correlation(const Flow& flow, const std::vector<Event>& events);

// GET /trace/order/{id}.
Json trace_by_order(const Flow& flow, const std::vector<Event>& events);

// An element of GET /trace/active-flows.
Json active_flow(const Flow& flow, const std::vector<Event>& events, Timestamp now);

}  // namespace sagactl::api
