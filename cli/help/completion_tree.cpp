#include "cli/help/completion_tree.hpp"

#include <CLI/CLI.hpp>

#include "common/text/text.hpp"

namespace sagactl {
namespace {

bool is_shown(const CLI::App& app) {
  return !app.get_parent() || !app.get_group().empty();
}

Wanted wanted_by(const std::string& type) {
  if (type.find("FILE") != std::string::npos) return Wanted::files;
  if (type == "DIR") return Wanted::directories;
  if (type == "CONTEXT") return Wanted::contexts;
  if (type == "COMMAND") return Wanted::commands;
  if (type == "ID" || type == "SAGA-ID" || type == "ORDER-ID") return Wanted::ids;
  return Wanted::nothing;
}

}  // namespace

Values values_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  Values values{wanted_by(type), {}};
  if (type.find('|') == std::string::npos) return values;
  for (std::string& word : split(type, '|'))
    if (word == lower(word)) values.words.push_back(std::move(word));  // in capitals stands what is no word itself
  if (values.wanted == Wanted::nothing && !values.words.empty()) values.wanted = Wanted::words;
  return values;
}

Values arguments_of(const CLI::App& app) {
  Values all;
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_positional()) continue;
    Values values = values_of(*option);
    if (values.wanted != Wanted::nothing) all.wanted = values.wanted;
    for (std::string& word : values.words) all.words.push_back(std::move(word));
  }
  return all;
}

bool takes_value(const CLI::Option& option) {
  return option.get_expected_max() > 0 && option.get_type_size_max() > 0;
}

std::vector<std::string> names_of(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  return names;
}

std::vector<std::string> flags_of(const CLI::App& app) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : app.get_options())
    if (app.get_parent() == nullptr || option != app.get_help_ptr())
      for (std::string& name : names_of(*option)) flags.push_back(std::move(name));
  return flags;
}

std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands({}))
    if (is_shown(*sub)) names.push_back(sub->get_name());
  return names;
}

void each_command(const CLI::App& app, const std::string& path,
                  const std::function<void(const CLI::App&, const std::string&)>& visit) {
  visit(app, path);
  for (const CLI::App* sub : app.get_subcommands({}))
    if (is_shown(*sub)) each_command(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name(), visit);
}

}  // namespace sagactl
