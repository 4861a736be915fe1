// What the routes of the checkout system share: its errors, and reading the caller's checkouts.
#pragma once

#include <string_view>

#include "server/api/route_group.hpp"

namespace sagactl::api {

inline constexpr std::int64_t checkout_list_max = 1000;  // of lists without pages

// The error with its text in the member "error" as well, where the checkout system's API has it.
Error checkout_error(Error error);

// "WHAT not found".
Error checkout_not_found(std::string_view what);

// The caller's checkouts, newest first, at most checkout_list_max.
awaitable<Result<FlowPage>> read_checkouts(Context& context, const Request& request);

// The caller's checkout with that id. Orders of other surfaces are reported as not found.
awaitable<Result<Flow>> read_checkout(Context& context, const Request& request, OrderId id);

// The {orderId} of the path; `not_found` for a text that is no id.
Result<OrderId> checkout_of_path(const Request& request);

}  // namespace sagactl::api
