// Finding a flow for a caller: what is not the caller's is not there.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "server/api/context.hpp"
#include "server/http/request.hpp"

namespace sagactl::api {

// Reads on the readers' threads. `not_found` with an empty message, which the caller says in its own words.
// Context and request outlive the await.
boost::asio::awaitable<Result<Flow>> read_flow(Context& context, const http::Request& request, OrderId id);
boost::asio::awaitable<Result<Flow>> find_flow(Context& context, const http::Request& request,
                                               std::string text);

struct TracedFlow {
  Flow flow;
  std::vector<Event> events;
};
boost::asio::awaitable<Result<TracedFlow>> find_traced_flow(Context& context, const http::Request& request,
                                                            std::string text);

}  // namespace sagactl::api
