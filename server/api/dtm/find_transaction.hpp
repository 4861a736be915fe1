// Finding the saga of a transaction by its gid.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "server/api/context.hpp"

namespace sagactl::api {

// None: there is no transaction with that gid.
boost::asio::awaitable<Result<std::optional<Flow>>> find_transaction(Context& context, std::string gid);

// The same; that there is none is an error.
boost::asio::awaitable<Result<Flow>> existing_transaction(Context& context, std::string gid);

}  // namespace sagactl::api
