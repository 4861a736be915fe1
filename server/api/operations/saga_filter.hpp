// The filters of GET /sagas, which bulk jobs take as well.
#pragma once

#include "server/api/query.hpp"

namespace sagactl::api {

// Whether reading the filter needs the database's time.
bool needs_time(const http::Request& request);

// The filter in the request's query, for what its caller may see; faults are the reader's. `now` is the database's
// time.
SagaFilter read_saga_filter(QueryReader& query, const http::Request& request, Timestamp now);

// A page of those that match. A text that is an id, a correlation id, a trace id or a key finds that saga alone.
Result<FlowPage> find_sagas(Queries& queries, SagaFilter filter, const Page& page);

}  // namespace sagactl::api
