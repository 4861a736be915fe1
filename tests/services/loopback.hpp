// Addresses on this machine, for servers that tests start.
#pragma once

#include <netinet/in.h>

#include <cstdint>

#include "tests/services/free_port.hpp"

namespace sagactl {

sockaddr_in loopback(std::uint16_t port);  // 127.0.0.1

}  // namespace sagactl
