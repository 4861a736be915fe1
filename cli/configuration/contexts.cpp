#include "cli/configuration/contexts.hpp"

namespace sagactl {
namespace {

constexpr const char* file_name = "contexts.json";

}  // namespace

const Context* Contexts::find(const std::string& name) const {
  const auto found = by_name.find(name);
  return found == by_name.end() ? nullptr : &found->second;
}

Result<Contexts> Contexts::load(const std::filesystem::path& config_directory) {
  Contexts contexts;
  if (config_directory.empty()) return contexts;
  const auto path = config_directory / file_name;
  auto json = read_json_file(path);
  if (!json) return json.error();
  const Json by_name = json->value("contexts", Json::object());
  if (!by_name.is_object())
    return Error{ErrorCode::invalid, path.string() + ": 'contexts' is not a JSON object; fix or delete the file"};
  if (json->contains("current") && (*json)["current"].is_string()) contexts.current = (*json)["current"];
  for (const auto& [name, values] : by_name.items()) {
    Context& context = contexts.by_name[name];
    if (!values.is_object()) continue;
    for (const auto& [key, value] : values.items())
      if (value.is_string()) context[key] = value;
  }
  return contexts;
}

Result<EditLock> Contexts::lock(const std::filesystem::path& config_directory) {
  if (config_directory.empty()) return no_config_directory("contexts");
  return EditLock::take(config_directory / file_name);
}

Contexts Contexts::load_or_empty(const std::filesystem::path& config_directory) {
  auto contexts = load(config_directory);
  if (contexts) return std::move(contexts).value();
  Contexts none;
  none.was_unreadable = true;
  return none;
}

Result<void> Contexts::save(const std::filesystem::path& config_directory) const {
  if (config_directory.empty()) return no_config_directory("contexts");
  const auto path = config_directory / file_name;
  if (was_unreadable) {
    std::error_code failure;
    std::filesystem::rename(path, path.string() + ".broken", failure);
    if (failure) return Error{ErrorCode::unavailable, "cannot rename " + path.string() + ": " + failure.message()};
  }
  Json json = {{"current", current}, {"contexts", Json::object()}};
  for (const auto& [name, context] : by_name) {
    Json values = Json::object();
    for (const auto& [key, value] : context) values[key] = value;
    json["contexts"][name] = values;
  }
  return write_private_file(path, json_text(json, 2) + "\n");
}

}  // namespace sagactl
