#include "common/text/json.hpp"

template class nlohmann::basic_json<nlohmann::ordered_map>;

namespace sagactl {

Json read_json(std::string_view text) {
  return Json::parse(text, nullptr, false);
}

std::string json_text(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

const Json* find_pointer(const Json& json, const std::string& pointer) {
  if (json.is_discarded()) return nullptr;
  try {
    const Json::json_pointer at(pointer);
    return json.contains(at) ? &json.at(at) : nullptr;
  } catch (const Json::exception&) {
    return nullptr;
  }
}

std::string text_or_empty(const Json& object, const char* name) {
  if (!object.is_object()) return {};
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace sagactl
