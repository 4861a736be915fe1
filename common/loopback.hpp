// Whether an address or a host name is this machine's own: one rule for the server, its clients and the command line.
#pragma once

#include <string_view>

namespace sagactl {

// "127.0.0.1" and the rest of 127.0.0.0/8 in full dotted form, "::1" (without brackets). Not names, not "127.example".
bool is_loopback_address(std::string_view address);

// A loopback address, or "localhost" in any case: what a URL's host, a Host header's name or --host may hold.
bool is_loopback_host(std::string_view host);

}  // namespace sagactl
