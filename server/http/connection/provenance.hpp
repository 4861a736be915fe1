// Where a request comes from: its correlation id, its trace, its client, and whether this machine itself is asking.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <span>
#include <string>

#include "server/http/connection/client_address.hpp"
#include "server/http/message/request.hpp"

namespace sagactl::http {

// Fills correlation_id and trace.
void set_provenance(Request& request);

// Fills client, is_https, foreign_page and stranger. `own` is this node's end of the connection; pages of `origins` may
// call, as cors.hpp has it.
void set_client(Request& request, const boost::asio::ip::address& peer, const boost::asio::ip::tcp::endpoint& own,
                const TrustedProxies& trusted, std::span<const std::string> origins);

}  // namespace sagactl::http
