#include "common/text/json.hpp"

template class nlohmann::basic_json<nlohmann::ordered_map>;

namespace sagactl {

Json read_json(std::string_view text) {
  return Json::parse(text, nullptr, false);
}

bool is_nested_deeper(std::string_view text, std::size_t depth_max) {
  std::size_t depth = 0;
  bool is_in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_in_string) {
      if (c == '\\') ++i;
      if (c == '"') is_in_string = false;
    } else if (c == '"') {
      is_in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > depth_max) return true;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return false;
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
