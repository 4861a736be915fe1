// An HTTP proxy between clients and a node that tampers with one order.
#pragma once

#include <cstdint>
#include <memory>

#include "common/result.hpp"

namespace sagactl::mutants {

enum class ProxyFault {
  sends_twice,           // the order is sent twice; the client gets the first answer
  sends_twice_silently,  // the same, and the connection is closed instead of an answer
  wrong_total,           // the answer has another amount
  mute,                  // every order is forwarded, and the connection is closed instead of an answer
};

// Listens on a free port of the loopback address until the process ends, and forwards requests to `node_port`. `seed`
// selects the order.
Result<std::uint16_t> start_faulty_proxy(std::uint16_t node_port, ProxyFault fault, std::uint64_t seed);

}  // namespace sagactl::mutants
