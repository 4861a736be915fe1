#include "loadgen/answers/order_answer.hpp"

#include <algorithm>
#include <charconv>

#include "common/text/hex.hpp"
#include "common/text/text.hpp"
#include "loadgen/answers/json_string.hpp"

namespace sagactl {
namespace {

constexpr std::size_t wanted_max = 32;  // one bit each

std::optional<Money> money_of(std::string_view text) {
  if (text.empty() || text[0] < '0' || text[0] > '9') return std::nullopt;
  const auto money = parse_money(text);
  if (!money) return std::nullopt;
  return *money;
}

bool holds(const StatusRanges& ranges, int status) {
  return std::any_of(ranges.begin(), ranges.end(), [&](const StatusRange& it) { return it.holds(status); });
}

// The last path segment of a URL.
std::string_view last_segment(std::string_view address) {
  address = address.substr(0, address.find_first_of("?#"));
  while (!address.empty() && address.back() == '/') address.remove_suffix(1);
  return address.substr(address.rfind('/') + 1);
}

// "a%2Fb" is "a/b", in `room`. Text that is no escape stays, and all of it stays where the result is not UTF-8.
std::string_view percent_decoded(std::string_view text, std::string& room) {
  if (text.find('%') == std::string_view::npos) return text;
  room.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool may_be = text[i] == '%' && i + 2 < text.size();
    const int high = may_be ? hex_value(text[i + 1]) : -1, low = may_be ? hex_value(text[i + 2]) : -1;
    const bool is_escape = high >= 0 && low >= 0;
    room.push_back(is_escape ? static_cast<char>(high * 16 + low) : text[i]);
    if (is_escape) i += 2;
  }
  return is_utf8(room) ? std::string_view(room) : text;
}

// A body that is the id and nothing else, plain or as a JSON string. JSON objects, arrays and markup are none.
std::optional<std::string_view> whole_body(std::string_view body, std::string& room) {
  body = trim(body);
  if (body.empty() || body.front() == '{' || body.front() == '[' || body.front() == '<' || body == "null")
    return std::nullopt;
  const bool is_json_text = body.size() >= 2 && body.front() == '"' && body.back() == '"';
  return is_json_text ? json_string_text(body.substr(1, body.size() - 2), room) : body;
}

// Of a UUID, as Uuid::text() writes it.
bool is_lower_case(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool is_scalar(const JsonMember& member) {
  return member.is_string || (!member.value.empty() && member.value[0] != '{' && member.value[0] != '[');
}

// An empty list or object, whatever blanks are in it.
bool is_empty_container(std::string_view value) {
  const bool has_brackets = value.size() >= 2 && ((value.front() == '[' && value.back() == ']') ||
                                                  (value.front() == '{' && value.back() == '}'));
  return has_brackets && trim(value.substr(1, value.size() - 2)).empty();
}

// As a marker (answer_shape.hpp) says.
bool matches(const std::vector<std::string>& values, std::string_view value) {
  if (values.empty()) return !value.empty() && value != "null" && value != "false" && !is_empty_container(value);
  return std::find(values.begin(), values.end(), value) != values.end();
}

std::optional<JsonMember> member_of(std::string_view object, std::string_view name) {
  JsonMembers members(object);
  while (const auto member = members.next())
    if (member->name == name) return member;
  return std::nullopt;
}

// Of a member that is a string.
std::optional<std::string_view> member_text(std::string_view object, std::string_view name, std::string& room) {
  const auto member = member_of(object, name);
  if (!member || !member->is_string) return std::nullopt;
  return json_string_text(member->value, room);
}

}  // namespace

std::vector<std::string> pointer_path(std::string_view pointer) {
  std::vector<std::string> path = split(pointer.substr(1), '/');
  for (std::string& part : path) {
    for (const auto& [from, to] : {std::pair{"~1", "/"}, std::pair{"~0", "~"}})
      for (auto at = part.find(from); at != std::string::npos; at = part.find(from, at + 1)) part.replace(at, 2, to);
  }
  if (path.empty()) path.emplace_back();
  return path;
}

std::optional<std::string_view> text_at(const TextLocation& place, std::string_view text, std::string& room) {
  if (place == TextLocation{}) return whole_body(text, room);
  if (!place.after.empty()) {
    const std::size_t at = text.rfind(place.after);
    if (at == std::string_view::npos) return std::nullopt;
    text.remove_prefix(at + place.after.size());
  }
  if (!place.before.empty()) {
    const std::size_t end = text.find(place.before);
    if (end == std::string_view::npos) return std::nullopt;
    text = text.substr(0, end);
  }
  const bool is_complete_header = !place.header.empty() && place.after.empty() && place.before.empty();
  const bool is_address = is_complete_header && text.find('/') != std::string_view::npos;
  text = trim(is_address ? percent_decoded(last_segment(text), room) : text);
  return text.empty() ? std::nullopt : std::optional(text);
}

AnswerPlan::AnswerPlan(const Profile& profile) : rules_(profile.outcome), ids_are_uuids_(profile.answer.ids_are_uuids) {
  want(Field::order, profile.answer.order);
  want(Field::correlation, profile.answer.correlation);
  want(Field::status, profile.answer.status);
  want(Field::total, profile.answer.total);
  if (profile.answer.is_graphql) want(Field::errors, {"/errors"});
  for (const AnswerMarker& marker : profile.outcome.duplicate_markers) want_marker(Field::duplicate, marker);
  for (const AnswerMarker& marker : profile.outcome.rejected_markers) want_marker(Field::refused, marker);
  for (const TextLocation& text : profile.answer.order_texts)
    locations_.push_back({text, text.header.empty() ? no_header : header_place(text.header)});
  // The pointer "" refers to the whole body.
  for (const std::string& pointer : profile.answer.order)
    if (pointer.empty()) locations_.push_back({TextLocation{}, no_header});
  if (wanted_.size() > wanted_max) wanted_.resize(wanted_max);
}

void AnswerPlan::want(Field field, const std::vector<std::string>& pointers) {
  for (std::size_t rank = 0; rank < pointers.size(); ++rank)
    if (!pointers[rank].empty())
      wanted_.push_back({pointer_path(pointers[rank]), field, static_cast<std::uint8_t>(rank), {}});
}

void AnswerPlan::want_marker(Field field, const AnswerMarker& marker) {
  if (!marker.header.empty()) {
    header_markers_.push_back({header_place(marker.header), field, marker.values});
    return;
  }
  want(field, {marker.pointer});
  wanted_.back().values = marker.values;
}

std::size_t AnswerPlan::header_place(const std::string& name) {
  const std::string small = lower(name);
  const auto found = std::find(headers_.begin(), headers_.end(), small);
  if (found != headers_.end()) return static_cast<std::size_t>(found - headers_.begin());
  headers_.push_back(small);
  return headers_.size() - 1;
}

OrderAnswer AnswerPlan::read(std::string_view body, std::span<const std::string> values) const {
  AnswerWalk reading;
  const std::uint32_t all = wanted_.size() == wanted_max ? 0xFFFFFFFFu : (1u << wanted_.size()) - 1;
  if (!wanted_.empty()) walk(body, 0, all, reading);
  read_texts(body, values, reading.answer);
  return reading.answer;
}

void AnswerPlan::read_texts(std::string_view body, std::span<const std::string> values, OrderAnswer& answer) const {
  const auto header = [&](std::size_t place) {
    return place < values.size() ? std::string_view(values[place]) : std::string_view();
  };
  for (const HeaderMarker& marker : header_markers_)
    if (matches(marker.values, header(marker.header)))
      (marker.field == Field::duplicate ? answer.is_duplicate : answer.is_refused) = true;
  std::string room;
  for (const OrderIdLocation& place : locations_) {
    if (!answer.order.is_nil()) return;
    const bool in_body = place.header == no_header;
    if (const auto id = text_at(place.text, in_body ? body : header(place.header), room)) take_order(*id, answer);
  }
}

bool AnswerPlan::take_order(std::string_view id, OrderAnswer& answer) const {
  const auto uuid = Uuid::parse(id);
  if (!uuid && ids_are_uuids_) return false;
  answer.order = uuid ? *uuid : order_ref(id);
  if (!uuid || !is_lower_case(id)) answer.order_name = id;
  return true;
}

void AnswerPlan::walk(std::string_view text, std::size_t depth, std::uint32_t candidates, AnswerWalk& reading) const {
  JsonMembers members(text);
  std::string room;
  while (const auto member = members.next()) {
    const std::string_view name = json_string_text(member->name, room);
    std::uint32_t deeper = 0;
    for (std::uint32_t left = candidates; left != 0; left &= left - 1) {
      const auto index = static_cast<std::size_t>(__builtin_ctz(left));
      const WantedMember& wanted = wanted_[index];
      if (wanted.path[depth] != name) continue;
      if (wanted.path.size() == depth + 1)
        take(wanted, *member, reading);
      else
        deeper |= 1u << index;
    }
    if (deeper != 0 && !member->is_string) walk(member->value, depth + 1, deeper, reading);
  }
}

void AnswerPlan::take(const WantedMember& wanted, const JsonMember& member, AnswerWalk& reading) const {
  OrderAnswer& answer = reading.answer;
  std::string room;
  const std::string_view value = member.is_string ? json_string_text(member.value, room) : member.value;
  const auto is_best = [&](std::uint8_t& rank) {
    if (wanted.rank >= rank) return false;
    rank = wanted.rank;
    return true;
  };
  switch (wanted.field) {
    case Field::order:
      if (!is_scalar(member) || (!member.is_string && (ids_are_uuids_ || value == "null"))) return;
      if (std::uint8_t rank = reading.order_rank; is_best(rank) && take_order(value, answer)) reading.order_rank = rank;
      return;
    case Field::correlation:
      if (member.is_string && is_best(reading.correlation_rank))
        answer.correlation = Uuid::parse(value).value_or(Uuid{});
      return;
    case Field::status:
      if (member.is_string && is_best(reading.status_rank))
        answer.status = parse_claimed_status(value).value_or(ClaimedStatus::other);
      return;
    case Field::total:
      if (is_scalar(member) && is_best(reading.total_rank)) answer.total = money_of(value);
      return;
    case Field::duplicate:
      answer.is_duplicate |= matches(wanted.values, value);
      return;
    case Field::refused:
      answer.is_refused |= matches(wanted.values, value);
      return;
    case Field::errors:
      return take_errors(member, answer);
  }
}

// GraphQL, section 7.1: a list that is not empty. The code INTERNAL_SERVER_ERROR is what servers give an exception.
void AnswerPlan::take_errors(const JsonMember& member, OrderAnswer& answer) {
  JsonMembers errors(member.value);
  const auto first = errors.next();
  if (member.is_string || !errors.is_array() || !first) return;
  answer.has_errors = true;
  std::string room;
  answer.error = member_text(first->value, "message", room).value_or(first->value);
  if (const auto extensions = member_of(first->value, "extensions"))
    answer.is_unclear = member_text(extensions->value, "code", room) == "INTERNAL_SERVER_ERROR";
}

bool AnswerPlan::reads_body() const {
  return !wanted_.empty() || std::any_of(locations_.begin(), locations_.end(),
                                         [](const OrderIdLocation& place) { return place.header == no_header; });
}

std::string_view AnswerPlan::location(std::span<const std::string> values) const {
  return values.empty() ? std::string_view() : values[0];
}

std::string_view AnswerPlan::coding(std::span<const std::string> values) const {
  if (values.size() < 3 || values[2].empty() || lower(values[2]) == "identity") return {};
  return values[2];
}

std::int64_t AnswerPlan::keep_alive_ns(std::span<const std::string> values) const {
  constexpr std::string_view name = "timeout=";
  constexpr std::int64_t ns_per_second = 1'000'000'000;
  if (values.size() < 2) return 0;
  const std::size_t at = values[1].find(name);
  if (at == std::string::npos) return 0;
  std::int64_t seconds = 0;
  const char* const begin = values[1].data() + at + name.size();
  if (std::from_chars(begin, values[1].data() + values[1].size(), seconds).ec != std::errc{}) return 0;
  if (seconds <= 0 || seconds > 24 * 3600) return 0;
  return seconds * ns_per_second * 9 / 10;
}

RequestOutcome AnswerPlan::outcome_of(int http_status, const OrderAnswer& answer) const {
  const bool is_duplicate = (rules_.duplicate_markers.empty() && !answer.has_errors) || answer.is_duplicate;
  if (holds(rules_.duplicate, http_status) && is_duplicate) return RequestOutcome::duplicate;
  if (holds(rules_.accepted, http_status) && !answer.has_errors && !answer.is_refused) return RequestOutcome::accepted;
  if (answer.is_unclear) return RequestOutcome::indeterminate;
  if (holds(rules_.rejected, http_status) || http_status < 500) return RequestOutcome::rejected;
  return RequestOutcome::indeterminate;
}

bool AnswerPlan::describes(int http_status) const {
  return http_status >= 400 || holds(rules_.accepted, http_status) || holds(rules_.duplicate, http_status) ||
         holds(rules_.rejected, http_status);
}

}  // namespace sagactl
