// An order's reservations as one text, as databases keep them with the order.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/participants/reservation.hpp"

namespace sagactl {

// "" for none.
std::string to_text(const std::vector<Reservation>& reservations);

// Reads what to_text() wrote. `bug` for anything else.
Result<std::vector<Reservation>> read_reservations(std::string_view text);

}  // namespace sagactl
