// Finding a flow for a caller: what is not the caller's is not there.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "server/api/context.hpp"
#include "server/http/message/request.hpp"

namespace sagactl::api {

// Reads on the query_threads' threads. `not_found` with an empty message, which the caller says in its own words.
// Context and request outlive the await.
boost::asio::awaitable<Result<Flow>> read_flow(Context& context, const http::Request& request, OrderId id);
boost::asio::awaitable<Result<Flow>> find_flow(Context& context, const http::Request& request,
                                               std::string text);

// Reads a flow again and again until `settled` says of it that what is waited for has come, or the patience or the
// request's own time is over. Gives it as it was read last.
boost::asio::awaitable<Result<Flow>> await_flow(Context& context, const http::Request& request, OrderId id,
                                                std::chrono::milliseconds patience, bool (*settled)(const Flow&));

struct TracedFlow {
  Flow flow;
  std::vector<Event> events;
};
boost::asio::awaitable<Result<TracedFlow>> find_traced_flow(Context& context, const http::Request& request,
                                                            std::string text);

}  // namespace sagactl::api
