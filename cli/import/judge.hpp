// What becomes of an order of another system, from what its rows say. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/import/replay.hpp"

namespace sagactl {

// The states there, as far as they matter.
enum class OrderThere : std::uint8_t { open, done, undone };
enum class PaymentThere : std::uint8_t { none, open, taken, refused, returned };

OrderThere kind_of(OrderStatus status);
PaymentThere kind_of(const std::optional<SourcePayment>& payment);

struct JudgedAs {
  Judgement judgement = Judgement::ended;
  std::string why;
};

// `limit`: how long a saga may take until it is paid.
JudgedAs judge(const SourceOrder& order, Duration limit, const ReplayOptions& options);

}  // namespace sagactl
