#include "cli/loadtest/scenario_file.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/configuration/environment.hpp"
#include "cli/configuration/option_values.hpp"
#include "cli/configuration/toml_members.hpp"
#include "common/text/text.hpp"
#include "loadgen/options.hpp"

namespace sagactl {
namespace {

constexpr const char* file_flag = "--scenario-file";
constexpr const char* scenario_argument = "scenario";

std::string file_of(CLI::App& loadtest) {
  const CLI::Option* flag = loadtest.get_option_no_throw(file_flag);
  if (flag && flag->count() > 0) return flag->results().back();
  const CLI::Option* scenario = loadtest.get_option_no_throw(scenario_argument);
  if (scenario && scenario->count() > 0 && is_scenario_file(scenario->results().back()))
    return scenario->results().back();
  return {};
}

// The option for "rate", of the command or of a parent. Null for --help and for the flag that names the file itself.
CLI::Option* option_of(CLI::App& loadtest, const std::string& key) {
  if (key == "help" || key == "scenario-file") return nullptr;
  if (key == scenario_argument) return loadtest.get_option_no_throw(scenario_argument);
  for (CLI::App* app = &loadtest; app != nullptr; app = app->get_parent())
    if (CLI::Option* option = app->get_option_no_throw("--" + key)) return option;
  return nullptr;
}

std::vector<std::string> keys_of(CLI::App& loadtest) {
  std::vector<std::string> keys = {scenario_argument};
  for (CLI::App* app = &loadtest; app != nullptr; app = app->get_parent())
    for (const CLI::Option* option : app->get_options())
      if (const std::string name = long_name(*option); !name.empty()) keys.push_back(name);
  return keys;
}

std::string unknown_key(CLI::App& loadtest, const std::string& key) {
  const std::string near = nearest(key, keys_of(loadtest));
  return fmt::format("'{}' is not a flag of loadtest{}", key,
                     near.empty() || near == key ? "" : fmt::format("; did you mean '{}'?", near));
}

// What is wrong with a member; empty: nothing, and its flag is set.
std::string set_flag(CLI::App& loadtest, const std::string& key, const toml::node& node) {
  CLI::Option* const option = option_of(loadtest, key);
  if (!option) return unknown_key(loadtest, key);
  if (node.is_table()) return fmt::format("'{}' must be a value or a list of values", key);
  const bool is_file = key == scenario_argument && option->count() > 0 && is_scenario_file(option->results().back());
  if (option->count() > 0 && !is_file) return {};
  const std::vector<std::string> texts = toml_texts(node);
  if (key == scenario_argument && !parse_scenario(join(texts, " ")))
    return fmt::format("there is no scenario '{}': it is duplicate, individual, mixed or all", join(texts, " "));
  const auto set = set_option(*option, texts);
  return set ? std::string() : set.error().message;
}

}  // namespace

bool is_scenario_file(std::string_view text) {
  return text.ends_with(".toml");
}

Result<void> fill_from_scenario_file(CLI::App& loadtest, const Environment& environment) {
  const std::string name = file_of(loadtest);
  if (name.empty()) return {};
  const auto table = read_toml_table(environment.resolve(name), name);
  if (!table) return table.error();
  std::vector<TomlFault> faults;
  for (const auto& [key, node] : *table)
    if (std::string wrong = set_flag(loadtest, std::string(key.str()), node); !wrong.empty())
      faults.push_back({node.source().begin, std::move(wrong)});
  if (!faults.empty()) return toml_error(name, std::move(faults));
  return {};
}

}  // namespace sagactl
