// The origin of a request: its correlation id and trace, its client, and whether it counts as local (sent by the node's
// own user on this machine).
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <span>
#include <string>

#include "server/http/connection/client_address.hpp"
#include "server/http/message/request.hpp"

namespace sagactl::http {

// Sets correlation_id and trace.
void set_trace(Request& request);

// Sets client, is_https, cross_origin, from_foreign_page and not_local_reason. `own` is this node's end of the
// connection; pages of `origins` may call (cors.hpp).
void set_client(Request& request, const boost::asio::ip::address& peer, const boost::asio::ip::tcp::endpoint& own,
                const TrustedProxies& trusted, std::span<const std::string> origins);

}  // namespace sagactl::http
