// Where a request comes from: its correlation id, its trace, and whether this machine itself is asking.
#pragma once

#include "server/http/request.hpp"

namespace sagactl::http {

// Fills correlation_id, trace and from_loopback from the headers.
void set_provenance(Request& request, bool peer_is_loopback);

}  // namespace sagactl::http
