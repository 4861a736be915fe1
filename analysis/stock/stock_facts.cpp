#include "analysis/stock/stock_facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sagactl {
namespace {

// Parses an event's data token by token: {..., "items":[{"id":...,"quantity":...}, ...]}.
class MoveReader final : public nlohmann::json_sax<Json> {
 public:
  ReservationFacts facts;
  bool listed = false;  // there was a list

  bool start_object(std::size_t) override {
    if (depth_ != 0 && depth_ != in_list) return false;
    if (++depth_ == in_move) facts.moves.emplace_back();
    return true;
  }
  bool end_object() override { return depth_-- > 0; }
  bool start_array(std::size_t) override {
    if (depth_++ != in_event || member_ != EventMember::items) return false;
    return listed = true;
  }
  bool end_array() override { return depth_-- > 0; }
  bool key(string_t& name) override {
    const auto it = std::find(names.begin(), names.end(), name);
    member_ = static_cast<EventMember>(it - names.begin());
    return true;
  }
  bool string(string_t& text) override {
    if (depth_ == in_event && member_ == EventMember::reason) facts.expired = text == "expired";
    if (depth_ == in_move && member_ == EventMember::id) facts.moves.back().stock = std::move(text);
    return depth_ >= in_event;
  }
  bool number_integer(number_integer_t number) override { return take(number); }
  bool number_unsigned(number_unsigned_t number) override { return take(static_cast<std::int64_t>(number)); }
  bool number_float(number_float_t, const string_t&) override { return depth_ == in_event; }
  bool null() override { return depth_ == in_event; }
  bool boolean(bool) override { return depth_ == in_event; }
  bool binary(binary_t&) override { return false; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

 private:
  enum class EventMember { items, reason, id, quantity, version, available, reserved, sold, other };
  static constexpr std::array<std::string_view, 8> names = {"items",        "reason",    "id",       "quantity",
                                                            "stockVersion", "available", "reserved", "sold"};
  static constexpr int in_event = 1, in_list = 2, in_move = 3;

  bool take(std::int64_t number) {
    if (depth_ != in_move) return depth_ == in_event;
    StockMove& move = facts.moves.back();
    if (member_ == EventMember::quantity) {
      move.quantity = number;
      return true;
    }
    if (member_ < EventMember::version || member_ > EventMember::sold) return true;
    if (!move.left) move.left.emplace();
    if (member_ == EventMember::version) move.left->version = static_cast<int>(number);
    if (member_ == EventMember::available) move.left->available = number;
    if (member_ == EventMember::reserved) move.left->reserved = number;
    if (member_ == EventMember::sold) move.left->sold = number;
    return true;
  }

  EventMember member_ = EventMember::other;
  int depth_ = 0;
};

}  // namespace

std::optional<ReservationFacts> read_reservation_event(std::string_view data) {
  MoveReader reader;
  if (!Json::sax_parse(data, &reader) || !reader.listed) return std::nullopt;
  return std::move(reader.facts);
}

StockSetFacts read_stock_set(const Event& event) {
  StockSetFacts facts;
  facts.event = &event;
  const Json data = read_json(event.data);
  try {
    const auto kind = from_string<StockKind>(data.at("kind").get<std::string>());
    if (event.type != EventType::stock_set || !kind) return facts;
    const auto integer = [&](const char* member) { return data.at(member).get<std::int64_t>(); };
    facts.left = {static_cast<int>(integer("stockVersion")), integer("available"), integer("reserved"),
                  integer("sold")};
    facts.total = integer("total");
    facts.key = {*kind, data.at("id").get<std::string>()};
    facts.readable = true;
  } catch (const Json::exception&) {
    facts.readable = false;
  }
  return facts;
}

std::optional<StockKind> stock_kind_of(AggregateType type) {
  for (const StockKind kind : {StockKind::product, StockKind::item, StockKind::balance, StockKind::slots})
    if (aggregate_type_of(kind) == type) return kind;
  return std::nullopt;
}

std::optional<StockKind> kind_reserved_by(std::string_view command) {
  if (command == "inventory.reserve") return StockKind::product;
  if (command == "item.reserve") return StockKind::item;
  if (command == "balance.reserve") return StockKind::balance;
  if (command == "slots.reserve") return StockKind::slots;
  return std::nullopt;
}

std::vector<ReservationLine> expected_reservation_lines(const Order& order, StockKind kind) {
  if (kind == StockKind::balance) return {{order.customer, order.total.cents}};
  std::vector<ReservationLine> lines;
  for (const OrderItem& item : order.items) {
    const std::string& stock = kind == StockKind::slots ? order.customer : item.product_id;
    const auto same = [&](const ReservationLine& line) { return line.stock == stock; };
    const auto it = std::find_if(lines.begin(), lines.end(), same);
    if (it == lines.end())
      lines.push_back({stock, item.quantity});
    else
      it->quantity += item.quantity;
  }
  std::sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) { return a.stock < b.stock; });
  return lines;
}

StockLevel level_of(const Stock& stock) {
  return {stock.version, stock.available, stock.reserved, stock.sold};
}

std::string name_of(const StockKey& key) {
  switch (key.kind) {
    case StockKind::product:
    case StockKind::item:
      return fmt::format("{} {}", to_string(key.kind), key.id);
    case StockKind::balance:
    case StockKind::slots:
      return fmt::format("{} of user {}", to_string(key.kind), key.id);
  }
  return key.id;
}

std::string amount_of(StockKind kind, std::int64_t quantity) {
  return kind == StockKind::balance ? Money{quantity}.text() : std::to_string(quantity);
}

std::string text_of(StockKind kind, const StockLevel& level) {
  return fmt::format("{} available, {} reserved, {} sold", amount_of(kind, level.available),
                     amount_of(kind, level.reserved), amount_of(kind, level.sold));
}

}  // namespace sagactl
