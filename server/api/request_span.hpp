// The span of a request that started a saga: the saga's own span follows it.
#pragma once

#include "server/api/context.hpp"
#include "server/http/message/request.hpp"

namespace sagactl::api {

// Nothing when this node exports no traces, or the trace is not sampled.
void add_request_span(const Context& context, const http::Request& request);

}  // namespace sagactl::api
