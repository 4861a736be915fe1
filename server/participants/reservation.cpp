#include "server/participants/reservation.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text/json_object.hpp"

namespace sagactl {
namespace {

// One of a stock's quantities: available, reserved or sold.
using Quantity = std::int64_t Stock::*;

struct Movement {
  EventType type;
  ReservationStatus to;
  Quantity from_quantity = nullptr, to_quantity = nullptr;  // null: no units move
  std::string_view reason;
};

// The stock from which the line was reserved. Null: an operator has deleted it and its units; a newer stock of the same
// name is another one.
const Stock* source_of(const StockOverlay& stocks, const Reservation& reservation, const ReservationLine& line) {
  const Stock* stock = stocks.find({reservation.kind, line.stock});
  return stock && stock->created_at <= reservation.created_at ? stock : nullptr;
}

// What the shops' systems call the stock of a line.
std::string_view line_member(StockKind kind) {
  switch (kind) {
    case StockKind::product:
      return "productId";
    case StockKind::item:
      return "itemId";
    case StockKind::balance:
    case StockKind::slots:
      break;
  }
  return "userId";
}

// Money has one line, of one user, in cents; its messages also say the amounts as the purchase system has them.
void add_money(JsonObject& data, const StockOverlay& stocks, const Reservation& reservation, EventType type) {
  if (reservation.kind != StockKind::balance || reservation.lines.size() != 1) return;
  const ReservationLine& line = reservation.lines.front();
  const Stock* stock = source_of(stocks, reservation, line);
  data.add("userId", line.stock).raw("amount", Money{line.quantity}.number_text());
  if (type == EventType::stock_reserved) data.raw("reservedAmount", Money{line.quantity}.number_text());
  if (stock) data.raw("remainingBalance", Money{stock->available}.number_text());
}

// The lines with each stock's quantities after the movement, so that its complete history can be read from events.
std::string lines_text(const StockOverlay& stocks, const Reservation& reservation, bool moved) {
  std::string text = "[";
  for (const ReservationLine& line : reservation.lines) {
    if (text.size() > 1) text += ',';
    JsonObject object;
    object.add("id", line.stock).add(line_member(reservation.kind), line.stock).add("quantity", line.quantity);
    if (const Stock* stock = moved ? source_of(stocks, reservation, line) : nullptr)
      object.add("stockVersion", stock->version)
          .add("available", stock->available)
          .add("reserved", stock->reserved)
          .add("sold", stock->sold);
    text += object.take();
  }
  text += ']';
  return text;
}

ReservationDecision move(StockOverlay& stocks, Reservation reservation, OrderId order, const Movement& movement,
                         const Moment& moment) {
  if (movement.from_quantity) {
    for (const ReservationLine& line : reservation.lines) {
      const Stock* source = source_of(stocks, reservation, line);
      if (!source) continue;
      Stock* stock = stocks.change(source->key);
      stock->*movement.from_quantity -= line.quantity;
      stock->*movement.to_quantity += line.quantity;
      ++stock->version;
      stock->node = moment.node;
      stock->updated_at = moment.now;
    }
  }
  reservation.status = movement.to;
  reservation.node = moment.node;
  reservation.updated_at = moment.now;
  Event event;
  event.type = movement.type;
  event.aggregate_type = aggregate_type_of(reservation.kind);
  event.aggregate = reservation.id.uuid;
  event.version = ++reservation.version;
  event.order = order;
  JsonObject data;
  data.add("reservationId", reservation.id.text())
      .add("orderId", order.text())
      .add("kind", to_string(reservation.kind))
      .raw("items", lines_text(stocks, reservation, movement.from_quantity != nullptr));
  add_money(data, stocks, reservation, movement.type);
  if (!movement.reason.empty()) data.add("reason", movement.reason);
  event.data = data.take();
  ReservationDecision decision{std::move(reservation), {}};
  decision.events.push_back(std::move(event));
  return decision;
}

std::string quantity_text(StockKind kind, std::int64_t quantity) {
  return kind == StockKind::balance ? Money{quantity}.text() : std::to_string(quantity);
}

std::string_view name_of(StockKind kind) {
  switch (kind) {
    case StockKind::product:
      return "stock of product";
    case StockKind::item:
      return "stock of item";
    case StockKind::balance:
      return "balance of user";
    case StockKind::slots:
      return "inventory slots of user";
  }
  return "stock of";
}

// Why the lines cannot be reserved; empty: they can.
std::string shortage(const StockOverlay& stocks, StockKind kind, const std::vector<ReservationLine>& lines) {
  for (const ReservationLine& line : lines) {
    const Stock* stock = stocks.find({kind, line.stock});
    if (!stock) return fmt::format("there is no {} {}", name_of(kind), line.stock);
    if (stock->available < line.quantity)
      return fmt::format("Insufficient {} {}: {} available, {} wanted", name_of(kind), line.stock,
                         quantity_text(kind, stock->available), quantity_text(kind, line.quantity));
  }
  return {};
}

// One line for each stock.
std::vector<ReservationLine> merge_lines(std::vector<ReservationLine> lines) {
  std::sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) { return a.stock < b.stock; });
  std::vector<ReservationLine> out;
  for (ReservationLine& line : lines) {
    if (!out.empty() && out.back().stock == line.stock)
      out.back().quantity += line.quantity;
    else
      out.push_back(std::move(line));
  }
  return out;
}

ReservationDecision unchanged(Reservation reservation) {
  return {std::move(reservation), {}};
}

}  // namespace

AggregateType aggregate_type_of(StockKind kind) {
  switch (kind) {
    case StockKind::product:
      return AggregateType::inventory;
    case StockKind::item:
      return AggregateType::item;
    case StockKind::balance:
      return AggregateType::balance;
    case StockKind::slots:
      return AggregateType::slots;
  }
  return AggregateType::inventory;
}

ReservationDecision reserve(StockOverlay& stocks, const Reserve& command, const Moment& moment) {
  Reservation reservation;
  reservation.id = command.id;
  reservation.kind = command.kind;
  reservation.execution = command.execution;
  reservation.lines = merge_lines(command.lines);
  reservation.expires_at = moment.now + command.time_to_live;
  reservation.created_at = moment.now;
  reservation.reason = shortage(stocks, command.kind, reservation.lines);
  const std::string reason = reservation.reason;
  if (!reason.empty())
    return move(stocks, std::move(reservation), command.order,
                {EventType::stock_refused, ReservationStatus::refused, nullptr, nullptr, reason}, moment);
  return move(stocks, std::move(reservation), command.order,
              {EventType::stock_reserved, ReservationStatus::reserved, &Stock::available, &Stock::reserved, {}},
              moment);
}

Result<ReservationDecision> confirm(StockOverlay& stocks, Reservation reservation, OrderId order,
                                    const Moment& moment) {
  switch (reservation.status) {
    case ReservationStatus::confirmed:
      return unchanged(std::move(reservation));
    case ReservationStatus::released:
    case ReservationStatus::refused:
      return Error{ErrorCode::conflict, fmt::format("reservation {} is {} and cannot be confirmed",
                                                    reservation.id.text(), to_string(reservation.status))};
    case ReservationStatus::expired:
      if (auto why = shortage(stocks, reservation.kind, reservation.lines); !why.empty())
        return Error{ErrorCode::conflict, "the reservation has expired, and since then: " + why};
      reservation.created_at = moment.now;  // of the stock that exists now
      return move(stocks, std::move(reservation), order,
                  {EventType::stock_confirmed, ReservationStatus::confirmed, &Stock::available, &Stock::sold, {}},
                  moment);
    case ReservationStatus::reserved:
      break;
  }
  return move(stocks, std::move(reservation), order,
              {EventType::stock_confirmed, ReservationStatus::confirmed, &Stock::reserved, &Stock::sold, {}}, moment);
}

ReservationDecision release(StockOverlay& stocks, Reservation reservation, OrderId order, const Moment& moment) {
  const bool held = reservation.status == ReservationStatus::reserved;
  if (!held && reservation.status != ReservationStatus::confirmed) return unchanged(std::move(reservation));
  const Quantity from = held ? &Stock::reserved : &Stock::sold;
  return move(stocks, std::move(reservation), order,
              {EventType::stock_released, ReservationStatus::released, from, &Stock::available, {}}, moment);
}

ReservationDecision expire(StockOverlay& stocks, Reservation reservation, OrderId order, const Moment& moment) {
  if (reservation.status != ReservationStatus::reserved || moment.now < reservation.expires_at)
    return unchanged(std::move(reservation));
  return move(stocks, std::move(reservation), order,
              {EventType::stock_released, ReservationStatus::expired, &Stock::reserved, &Stock::available, "expired"},
              moment);
}

std::optional<Timestamp> next_expiry(const std::vector<Reservation>& reservations) {
  std::optional<Timestamp> first;
  for (const Reservation& reservation : reservations)
    if (reservation.status == ReservationStatus::reserved && (!first || reservation.expires_at < *first))
      first = reservation.expires_at;
  return first;
}

}  // namespace sagactl
