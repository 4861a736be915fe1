// What an order has reserved of one kind of stock: all lines or none. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/result.hpp"
#include "server/participants/stock.hpp"

namespace sagactl {

enum class ReservationStatus : std::uint8_t {
  reserved,   // held for the order until it expires
  confirmed,  // sold
  released,   // returned to the stock
  expired,    // returned to the stock because it was not confirmed in time
  refused,    // there was not enough; nothing was taken
};

template <>
struct Spelling<ReservationStatus> {
  static constexpr std::string_view names[] = {"reserved", "confirmed", "released", "expired", "refused"};
};

struct ReservationLine {
  std::string stock;  // the id; the kind is the reservation's
  std::int64_t quantity = 0;

  friend bool operator==(const ReservationLine&, const ReservationLine&) = default;
};

using ReservationId = Id<struct ReservationTag>;

struct Reservation {
  ReservationId id;
  StockKind kind = StockKind::product;
  int execution = 1;  // of the saga's step; an order has one of each kind and execution. Stored as `execution`
  std::vector<ReservationLine> lines;  // by stock, each once
  ReservationStatus status = ReservationStatus::reserved;
  std::string reason;  // why it was refused
  Timestamp expires_at;
  NodeName node;    // the node that wrote it last
  int version = 0;  // the number of its events
  Timestamp created_at;
  Timestamp updated_at;

  friend bool operator==(const Reservation&, const Reservation&) = default;
};

struct ReservationDecision {
  Reservation reservation;
  std::vector<Event> events;  // none: nothing changed
};

struct Reserve {
  ReservationId id;
  OrderId order;
  StockKind kind = StockKind::product;
  int execution = 1;
  std::vector<ReservationLine> lines;
  Duration time_to_live = 5min;
};

// Reserves all lines in `stocks`, or none: then the reservation is `refused`, and its reason names the stock of which
// there is too little.
ReservationDecision reserve(StockOverlay& stocks, const Reserve& command, const Moment& moment);

// reserved -> confirmed. An expired one is taken from the stock again if there is still enough, else `conflict`. A
// confirmed one stays; a released or refused one is a `conflict`.
Result<ReservationDecision> confirm(StockOverlay& stocks, Reservation reservation, OrderId order, const Moment& moment);

// Returns the units to the stock: reserved or confirmed -> released. Anything else is unchanged.
ReservationDecision release(StockOverlay& stocks, Reservation reservation, OrderId order, const Moment& moment);

// reserved -> expired once `expires_at` has passed; else unchanged.
ReservationDecision expire(StockOverlay& stocks, Reservation reservation, OrderId order, const Moment& moment);

// The earliest expiry of a reservation that is `reserved`; none when there is none.
std::optional<Timestamp> next_expiry(const std::vector<Reservation>& reservations);

AggregateType aggregate_type_of(StockKind kind);

}  // namespace sagactl
