// The invariants of stock: it balances, and its reserved and sold units match the orders' reservations.
#pragma once

#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

#include "server/ports/history.hpp"

namespace sagactl {

// The violations, one line each.
inline std::vector<std::string> stock_violations(History& history) {
  struct Sums {
    std::int64_t reserved = 0, sold = 0;
  };
  std::vector<std::string> wrong;
  std::map<StockKey, Sums> sums;
  const auto read = history.each_flow({}, [&](const FlowHistory& it) {
    for (const Reservation& reservation : it.flow.reservations)
      for (const ReservationLine& line : reservation.lines) {
        Sums& sum = sums[{reservation.kind, line.stock}];
        if (reservation.status == ReservationStatus::reserved) sum.reserved += line.quantity;
        if (reservation.status == ReservationStatus::confirmed) sum.sold += line.quantity;
      }
    return true;
  });
  if (!read) wrong.push_back(read.error().message);
  for (const Stock& stock : history.stocks().value()) {
    const std::string name = fmt::format("{} {}", to_string(stock.key.kind), stock.key.id);
    if (!balances(stock))
      wrong.push_back(fmt::format("{} does not balance: {} = {} + {} + {}", name, stock.total, stock.available,
                                  stock.reserved, stock.sold));
    const Sums& sum = sums[stock.key];
    if (sum.reserved != stock.reserved)
      wrong.push_back(fmt::format("of {} {} are reserved, and orders hold {}", name, stock.reserved, sum.reserved));
    if (sum.sold != stock.sold)
      wrong.push_back(fmt::format("of {} {} are sold, and orders have {}", name, stock.sold, sum.sold));
  }
  return wrong;
}

}  // namespace sagactl
