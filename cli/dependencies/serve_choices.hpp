// What `serve` is and who is charged: words of its command line that `doctor` takes, too.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/text/spelling.hpp"

namespace sagactl {

enum class PaymentBy : std::uint8_t { simulated, remote, toss };
enum class ServeRole : std::uint8_t { node, order, payment, inventory, orchestrator };

template <>
struct Spelling<PaymentBy> {
  static constexpr std::string_view names[] = {"simulated", "remote", "toss"};
};
template <>
struct Spelling<ServeRole> {
  static constexpr std::string_view names[] = {"node", "order", "payment", "inventory", "orchestrator"};
};

}  // namespace sagactl
