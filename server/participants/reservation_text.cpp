#include "server/participants/reservation_text.hpp"

namespace sagactl {
namespace {

// [id, kind, execution, [stock, quantity, ...], status, reason, expires, node, version, created, updated]
constexpr std::size_t member_count = 11;

Json to_json(const Reservation& r) {
  Json lines = Json::array();
  for (const ReservationLine& line : r.lines) {
    lines.push_back(line.stock);
    lines.push_back(line.quantity);
  }
  return Json::array({r.id.text(), static_cast<int>(r.kind), r.execution, std::move(lines), static_cast<int>(r.status),
                      r.reason, r.expires_at.us, r.node, r.version, r.created_at.us, r.updated_at.us});
}

template <class Enum>
Enum enum_of(const Json& json) {
  const auto number = json.get<std::size_t>();
  if (number >= std::size(Spelling<Enum>::names)) throw std::out_of_range("no such number");
  return static_cast<Enum>(number);
}

Reservation from_json(const Json& json) {
  if (json.size() != member_count) throw std::out_of_range("another number of members");
  Reservation r;
  const auto id = ReservationId::parse(json.at(0).get_ref<const std::string&>());
  if (!id) throw std::out_of_range("no id");
  r.id = *id;
  r.kind = enum_of<StockKind>(json.at(1));
  r.execution = json.at(2).get<int>();
  const Json& lines = json.at(3);
  if (!lines.is_array() || lines.size() % 2 != 0) throw std::out_of_range("no pairs");
  for (std::size_t i = 0; i + 1 < lines.size(); i += 2)
    r.lines.push_back({lines[i].get<std::string>(), lines[i + 1].get<std::int64_t>()});
  r.status = enum_of<ReservationStatus>(json.at(4));
  r.reason = json.at(5).get<std::string>();
  r.expires_at = {json.at(6).get<std::int64_t>()};
  r.node = json.at(7).get<std::string>();
  r.version = json.at(8).get<int>();
  r.created_at = {json.at(9).get<std::int64_t>()};
  r.updated_at = {json.at(10).get<std::int64_t>()};
  return r;
}

}  // namespace

std::string to_text(const std::vector<Reservation>& reservations) {
  if (reservations.empty()) return {};
  Json list = Json::array();
  for (const Reservation& reservation : reservations) list.push_back(to_json(reservation));
  return json_text(list);
}

Result<std::vector<Reservation>> read_reservations(std::string_view text) {
  std::vector<Reservation> list;
  if (text.empty()) return list;
  try {
    const Json all = Json::parse(text);
    if (!all.is_array()) throw std::out_of_range("no list");
    for (const Json& json : all) list.push_back(from_json(json));
  } catch (const std::exception&) {
    return Error{ErrorCode::bug, "the stored reservations of an order cannot be read"};
  }
  return list;
}

}  // namespace sagactl
