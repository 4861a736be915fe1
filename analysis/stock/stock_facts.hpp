// What events record about stock: how much was moved, and what was left.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/participants/reservation.hpp"
#include "server/ports/history.hpp"

namespace sagactl {

// The quantities of a stock after one of its changes.
struct StockLevel {
  int version = 0;
  std::int64_t available = 0, reserved = 0, sold = 0;

  std::int64_t total() const { return available + reserved + sold; }
  bool is_negative() const { return available < 0 || reserved < 0 || sold < 0; }
  // Regardless of the versions.
  bool same_quantities(const StockLevel& other) const {
    return available == other.available && reserved == other.reserved && sold == other.sold;
  }
};

// One line of a reservation's event.
struct StockMove {
  std::string stock;  // the id
  std::int64_t quantity = 0;
  std::optional<StockLevel> left;  // none: nothing was moved
};

struct ReservationFacts {
  std::vector<StockMove> moves;
  bool expired = false;  // released because it was not confirmed in time
};

// Parses the data of a reservation's event; nothing: it is not such data.
std::optional<ReservationFacts> read_reservation_event(std::string_view data);

// The setting of a stock by an operator.
struct StockSetFacts {
  const Event* event = nullptr;
  bool readable = false;  // false: the members below are empty
  StockKey key;
  StockLevel left;
  std::int64_t total = 0;
};

StockSetFacts read_stock_set(const Event& event);

// The kind of stock whose reservations are aggregates of this type.
std::optional<StockKind> stock_kind_of(AggregateType type);
// The kind of stock that a participant's command reserves.
std::optional<StockKind> kind_reserved_by(std::string_view command);

// What an order has to reserve of one kind of stock; sorted by stock, each once.
std::vector<ReservationLine> expected_reservation_lines(const Order& order, StockKind kind);

StockLevel level_of(const Stock& stock);

// For people: "product P1", "balance of user U1"; 3 or, of a balance, 3.00.
std::string name_of(const StockKey& key);
std::string amount_of(StockKind kind, std::int64_t quantity);
std::string text_of(StockKind kind, const StockLevel& level);  // "5 available, 1 reserved, 2 sold"

}  // namespace sagactl
