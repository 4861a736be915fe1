// An HTTP proxy that spoils one order on its way: between a load balancer's clients and a node.
#pragma once

#include <cstdint>
#include <memory>

#include "common/result.hpp"

namespace sagactl::mutants {

enum class ProxyFault {
  sends_twice,           // the order is sent twice; the client gets the first answer
  sends_twice_silently,  // the same, and the connection is closed instead of an answer
  wrong_total,           // the answer tells another amount
  mute,                  // of every order: it is passed on, and the connection is closed instead of an answer
};

// Listens at a free port of the loopback address until the process ends, and passes requests on to `node_port`.
// `seed` decides which order is spoiled.
Result<std::uint16_t> start_faulty_proxy(std::uint16_t node_port, ProxyFault fault, std::uint64_t seed);

}  // namespace sagactl::mutants
