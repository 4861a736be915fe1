// Reading a flow for a caller. A flow that the caller may not see is reported as not found.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "server/api/context.hpp"
#include "server/api/traced_flow.hpp"
#include "server/http/message/request.hpp"

namespace sagactl::api {

// An admin sees every flow, a merchant also users' sagas, and everybody the flows of their own orders.
bool may_see(const Actor& actor, const Flow& flow);

// By any id of the flow (of the order, the saga, a correlation, a trace), an order's idempotency key, or the key under
// which a user's saga was started; also by the saga id that a checkout shows ("SAGA-<id>"). Blocks on the database.
Result<std::optional<Flow>> find_named_flow(Queries& queries, const std::string& text);

// Both read on the query threads; `not_found` with an empty message, for the caller to word. Context and request
// outlive the await. find_flow as find_named_flow.
boost::asio::awaitable<Result<Flow>> read_flow(Context& context, const http::Request& request, OrderId id);
boost::asio::awaitable<Result<Flow>> find_flow(Context& context, const http::Request& request, std::string text);

// Reads a flow repeatedly until `settled` is true of it, `patience` has passed, the request's deadline is near or the
// node is about to stop. Returns it as it was read last.
boost::asio::awaitable<Result<Flow>> await_flow(Context& context, const http::Request& request, OrderId id,
                                                std::chrono::milliseconds patience, bool (*settled)(const Flow&));

boost::asio::awaitable<Result<TracedFlow>> find_traced_flow(Context& context, const http::Request& request,
                                                            std::string text);

}  // namespace sagactl::api
