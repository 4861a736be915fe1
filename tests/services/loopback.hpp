// Addresses on this machine, for servers that tests start.
#pragma once

#include <netinet/in.h>

#include <cstdint>

namespace sagactl {

sockaddr_in loopback(std::uint16_t port);  // 127.0.0.1

// A port on which nothing listens at this moment.
std::uint16_t free_port();

}  // namespace sagactl
