// Sagas as system A's clients know them, with what they did not have: steps, executions, nodes. Pure. Every
// flow given here has a saga.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/text/json.hpp"
#include "server/participants/flow.hpp"

namespace sagactl::api {

// One saga in full: the answer of GET /sagas/{id}, and an element of GET /sagas.
Json saga(const Flow& flow);

// The saga's part of a trace.
Json traced_saga(const Flow& flow);

// An element of GET /sagas/status/{status}.
Json saga_in_status(const Flow& flow);

// An element of GET /sagas/orders/processing.
Json order_processing_saga(const Flow& flow);

// The step that the saga is at, or the status when it has ended.
std::string saga_step(const Flow& flow);

// The id of the W3C trace that a `traceparent` belongs to; null for none.
Json trace_id_or_null(const std::string& trace_parent);

// Changes with every write of the saga: the time of the last one, in quotes as in an ETag header.
std::string saga_etag(const Saga& saga);

// The times in an If-Match header: of each ETag that can be a saga's. A weak one is none of them.
std::vector<Timestamp> times_of_etags(std::string_view if_match);

}  // namespace sagactl::api
