#include "analysis/history/flat_object.hpp"

#include <algorithm>
#include <charconv>

#include "common/text/json.hpp"

namespace sagactl {
namespace {

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

// A number or a literal of JSON.
bool is_plain(std::string_view value) {
  if (value == "null" || value == "true" || value == "false") return true;
  return !value.empty() && value.find_first_not_of("+-.0123456789Ee") == std::string_view::npos;
}

bool is_valid(const JsonMember& member) {
  if (has_control_character(member.name)) return false;
  if (member.is_string) return !has_control_character(member.value);
  return member.value.starts_with('{') || member.value.starts_with('[') || is_plain(member.value);
}

bool is_number(std::string_view value) {
  return !value.empty() && (value.front() == '-' || (value.front() >= '0' && value.front() <= '9'));
}

}  // namespace

std::optional<FlatObject> FlatObject::read(std::string_view text) {
  JsonMembers members(text);
  if (members.is_array()) return std::nullopt;
  FlatObject object;
  while (const auto member = members.next()) {
    if (!is_valid(*member)) return std::nullopt;
    if (object.count_ < kept_max)
      object.kept_[object.count_++] = *member;
    else
      object.further_.push_back(*member);
  }
  if (!members.is_complete()) return std::nullopt;
  return object;
}

const JsonMember* FlatObject::find(std::string_view name) const {
  for (std::size_t i = 0; i < count_; ++i)
    if (kept_[i].name == name) return &kept_[i];
  for (const JsonMember& member : further_)
    if (member.name == name) return &member;
  return nullptr;
}

std::optional<std::string_view> FlatObject::text(std::string_view member, Unescaped& unescaped) const {
  const JsonMember* found = find(member);
  if (!found || !found->is_string) return std::nullopt;
  if (found->value.find('\\') == std::string_view::npos) return found->value;
  // With the quotes around it.
  const Json text = read_json(std::string_view(found->value.data() - 1, found->value.size() + 2));
  if (!text.is_string()) return std::nullopt;
  return unescaped.emplace_front(text.get<std::string>());
}

std::optional<std::int64_t> FlatObject::integer(std::string_view member) const {
  const JsonMember* found = find(member);
  if (!found || found->is_string) return std::nullopt;
  const std::string_view value = found->value;
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (failure != std::errc() || end != value.data() + value.size()) return std::nullopt;
  return number;
}

std::optional<std::string_view> FlatObject::number(std::string_view member) const {
  const JsonMember* found = find(member);
  if (!found || found->is_string || !is_number(found->value)) return std::nullopt;
  return found->value;
}

}  // namespace sagactl
