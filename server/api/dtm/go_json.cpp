#include "server/api/dtm/go_json.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text/text.hpp"
#include "server/http/message/json_body.hpp"

namespace sagactl::api {

Result<Json> parse_go_object(std::string_view text) {
  auto parsed =
      http::parse_json(text, {.depth_max = 32, .members_max = 1000, .rounds_numbers = true, .allows_repeats = true});
  if (parsed && !parsed->is_object()) return Error{ErrorCode::invalid, "the body must be a JSON object"};
  return parsed;
}

std::string text_in(const TextMap& map, std::string_view name) {
  for (const auto& [key, value] : map)
    if (key == name) return value;
  return {};
}

const Json* GoObject::find(std::string_view name) const {
  const Json* found = nullptr;
  for (const auto& [key, value] : object_.get_ref<const Json::object_t&>())
    if (!value.is_null() && lower(key) == name) found = &value;
  return found;
}

std::string GoObject::text(std::string_view name) {
  const Json* value = find(name);
  if (value && value->is_string()) return value->get<std::string>();
  if (value) fault(name, "a text");
  return {};
}

bool GoObject::flag(std::string_view name) {
  const Json* value = find(name);
  if (value && value->is_boolean()) return value->get<bool>();
  if (value) fault(name, "true or false");
  return false;
}

std::int64_t GoObject::integer(std::string_view name) {
  const Json* value = find(name);
  if (value && value->is_number_integer()) {
    const bool fits = !value->is_number_unsigned() || value->get<std::uint64_t>() <= INT64_MAX;
    if (fits) return value->get<std::int64_t>();
  }
  if (value) fault(name, "an integer");
  return 0;
}

std::vector<std::string> GoObject::texts(std::string_view name) {
  std::vector<std::string> out;
  const Json* value = find(name);
  if (value && !value->is_array()) fault(name, "a list of texts");
  if (!value || !value->is_array()) return out;
  for (const Json& each : *value) {
    if (!each.is_string() && !each.is_null()) fault(name, "a list of texts");
    out.push_back(each.is_string() ? each.get<std::string>() : std::string());
  }
  return out;
}

TextMap GoObject::read_map(const Json& value, std::string_view name) {
  TextMap out;
  if (value.is_null()) return out;
  if (!value.is_object()) {
    fault(name, "an object of texts");
    return out;
  }
  for (const auto& [key, text] : value.get_ref<const Json::object_t&>()) {
    if (!text.is_string() && !text.is_null()) fault(name, "an object of texts");
    const auto same = std::find_if(out.begin(), out.end(), [&key = key](const auto& it) { return it.first == key; });
    std::string& place = same != out.end() ? same->second : out.emplace_back(key, "").second;
    place = text.is_string() ? text.get<std::string>() : std::string();
  }
  return out;
}

TextMap GoObject::text_map(std::string_view name) {
  const Json* value = find(name);
  return value ? read_map(*value, name) : TextMap{};
}

std::vector<TextMap> GoObject::text_maps(std::string_view name) {
  std::vector<TextMap> out;
  const Json* value = find(name);
  if (value && !value->is_array()) fault(name, "a list of objects");
  if (!value || !value->is_array()) return out;
  for (const Json& each : *value) out.push_back(read_map(each, name));
  return out;
}

void GoObject::fault(std::string_view name, std::string_view must_be) {
  if (fault_.empty()) fault_ = fmt::format("{} must be {}", name, must_be);
}

Result<void> GoObject::finish() const {
  if (!fault_.empty()) return Error{ErrorCode::invalid, fault_};
  return {};
}

}  // namespace sagactl::api
