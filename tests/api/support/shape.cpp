#include "tests/api/support/shape.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/id.hpp"

namespace sagactl::test {
namespace {

bool is_name(const std::string& text) {
  const bool is_digest = text.size() == 64 && text.find_first_not_of("0123456789abcdef") == text.npos;
  return Uuid::parse(text) || is_digest || text.starts_with("eyJ");
}

std::string kind(const Json& json) {
  return json.is_number() ? "number" : json.type_name();
}

class ShapeComparison {
 public:
  explicit ShapeComparison(const std::map<std::string, std::string>& names) : names_(names) {}

  void compare(const Json& recorded, const Json& live, const std::string& path) {
    if (recorded.is_null()) return;
    if (kind(recorded) != kind(live)) {
      differences.push_back(fmt::format("{}: recorded {} {}, is {} {}", path, kind(recorded), shortened(recorded),
                                        kind(live), shortened(live)));
      return;
    }
    if (recorded.is_object()) compare_members(recorded, live, path);
    if (recorded.is_array()) compare_elements(recorded, live, path);
  }

  std::vector<std::string> differences;

 private:
  static std::string shortened(const Json& json) { return json.dump().substr(0, 100); }

  void compare_members(const Json& recorded, const Json& live, const std::string& path) {
    for (const auto& [name, value] : recorded.items()) {
      const std::string at = path + "." + name;
      const auto found = live.find(name);
      if (found == live.end())
        differences.push_back(at + ": is missing");
      else if (name == "message" || name == "error" || name == "code")
        compare_words(value, *found, at);
      else
        compare(value, *found, at);
    }
  }

  void compare_words(const Json& recorded, const Json& live, const std::string& path) {
    const Json wanted = Json::parse(rename(recorded.dump(), names_));
    if (wanted != live) differences.push_back(fmt::format("{}: recorded {}, is {}", path, wanted.dump(), live.dump()));
  }

  void compare_elements(const Json& recorded, const Json& live, const std::string& path) {
    const bool is_listing = std::count(path.begin(), path.end(), '.') == 1;
    if (is_listing && !recorded.empty() && live.empty()) differences.push_back(path + ": is empty");
    for (std::size_t i = 0; i < live.size() && !recorded.empty(); ++i)
      if (const Json* model = model_of(recorded, live[i])) compare(*model, live[i], fmt::format("{}[{}]", path, i));
  }

  // The recorded element to compare `live` with; null when there is none of its type.
  static const Json* model_of(const Json& recorded, const Json& live) {
    if (!live.is_object() || !live.contains("eventType")) return &recorded[0];
    for (const Json& element : recorded)
      if (element.value("eventType", "") == live.value("eventType", "")) return &element;
    return nullptr;
  }

  const std::map<std::string, std::string>& names_;
};

}  // namespace

std::vector<std::string> shape_differences(const Json& recorded, const Json& live,
                                           const std::map<std::string, std::string>& names) {
  ShapeComparison comparison(names);
  comparison.compare(recorded, live, "body");
  return std::move(comparison.differences);
}

void learn_names(const Json& recorded, const Json& live, std::map<std::string, std::string>& names) {
  if (recorded.is_string() && live.is_string()) {
    const auto before = recorded.get<std::string>();
    if (is_name(before)) names.try_emplace(before, live.get<std::string>());
    return;
  }
  if (!recorded.is_object() || !live.is_object()) return;
  for (const auto& [name, value] : recorded.items())
    if (const auto found = live.find(name); found != live.end()) learn_names(value, *found, names);
}

std::string rename(std::string text, const std::map<std::string, std::string>& names) {
  for (const auto& [recorded, live] : names)
    for (std::size_t at = text.find(recorded); at != text.npos; at = text.find(recorded, at + live.size()))
      text.replace(at, recorded.size(), live);
  return text;
}

}  // namespace sagactl::test
