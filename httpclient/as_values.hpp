// How coroutines over sockets and timers wait: an error is a value of the result, no exception.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sagactl {

inline constexpr auto as_values = boost::asio::as_tuple(boost::asio::use_awaitable);

}  // namespace sagactl
