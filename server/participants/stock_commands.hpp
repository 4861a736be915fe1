// The commands of participants that hold stock for orders, and the stock that the built-in sagas use.
#pragma once

#include "server/participants/participant_command.hpp"

namespace sagactl {

std::vector<ReservationLine> units_of_items(const Order& order);
std::vector<ReservationLine> slots_of_buyer(const Order& order);  // one for each unit
std::vector<ReservationLine> money_of_buyer(const Order& order);

inline constexpr StockUse products{StockKind::product, units_of_items};
inline constexpr StockUse purchased_items{StockKind::item, units_of_items};
inline constexpr StockUse buyers_slots{StockKind::slots, slots_of_buyer};
inline constexpr StockUse buyers_balance{StockKind::balance, money_of_buyer};

// Confirms the latest reservation of that kind. `Refused` when there is none or it was released.
StepResult confirm_stock(const StepSite& site, StockKind kind);

}  // namespace sagactl
