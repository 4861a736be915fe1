// Choices of `serve` that `doctor` takes as well, as they are written on the command line.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/text/spelling.hpp"
#include "server/node/node.hpp"

namespace sagactl {

// What the process is: a node with all services, or one service.
enum class ServeRole : std::uint8_t { node, order, payment, inventory, orchestrator };

template <>
struct Spelling<ServeRole> {
  static constexpr std::string_view names[] = {"node", "order", "payment", "inventory", "orchestrator"};
};
template <>
struct Spelling<Dedupe> {
  static constexpr std::string_view names[] = {"product", "key-only"};
};

}  // namespace sagactl
