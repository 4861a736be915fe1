// The filters of GET /sagas, which bulk jobs take as well.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/api/query.hpp"

namespace sagactl::api {

// Whether reading the filter needs the database's time.
bool needs_time(const http::Request& request);

// What is wrong with the names in the request's query: those of no filter, which would select every saga, each with
// the nearest that there is, and those that stand there again, of which one would be read. `others` are names with a
// meaning of their own, such as "page".
std::vector<std::string> wrong_filters(const http::Request& request, std::span<const std::string_view> others = {});

// The filter in the request's query, for what its caller may see; faults are the reader's. `now` is the database's
// time.
SagaFilter read_saga_filter(QueryReader& query, const http::Request& request, Timestamp now);

// A page of those that match. A text that is an id, a correlation id, a trace id or a key finds that saga alone.
Result<FlowPage> find_sagas(Queries& queries, SagaFilter filter, const Page& page);

}  // namespace sagactl::api
