// Sagas as JSON, as the order system's API has them, with more members: steps, executions, nodes. Pure. Every flow
// given here has a saga.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/text/json.hpp"
#include "server/participants/flow.hpp"

namespace sagactl::api {

// One saga in full: the answer of GET /sagas/{id}, and an element of GET /sagas.
Json saga_json(const Flow& flow);

// The saga in a trace.
Json traced_saga_json(const Flow& flow);

// An element of GET /sagas/status/{status}.
Json saga_in_status_json(const Flow& flow);

// An element of GET /sagas/orders/processing.
Json order_processing_saga_json(const Flow& flow);

// The name of the current step; the status when the saga has ended.
std::string saga_step(const Flow& flow);

// The id of the W3C trace that a `traceparent` belongs to; null for none.
Json trace_id_or_null(const std::string& trace_parent);

// A strong ETag: the time of the last write of the saga.
std::string saga_etag(const Saga& saga);

// The times of the ETags in an If-Match header that can be a saga's; weak ones cannot.
std::vector<Timestamp> times_of_etags(std::string_view if_match);

}  // namespace sagactl::api
