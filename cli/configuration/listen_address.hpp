// Where a command listens: "PORT" of this machine's loopback address, or "HOST:PORT".
#pragma once

#include <cstdint>
#include <string>

#include "common/result.hpp"

namespace sagactl {

struct ListenAddress {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one
};

// `invalid`, with `example` as a port that could be written.
Result<ListenAddress> parse_listen_address(const std::string& text, std::uint16_t example);

}  // namespace sagactl
