#include "cli/help/completion_tree.hpp"

#include <CLI/CLI.hpp>

#include "common/text/text.hpp"

namespace sagactl {
namespace {

bool is_shown(const CLI::App& app) {
  return !app.get_parent() || !app.get_group().empty();
}

CompletionKind kind_of(const std::string& type) {
  if (type.find("FILE") != std::string::npos) return CompletionKind::files;
  if (type == "DIR") return CompletionKind::directories;
  if (type == "CONTEXT") return CompletionKind::contexts;
  if (type == "COMMAND") return CompletionKind::commands;
  if (type == "ID" || type == "SAGA-ID" || type == "ORDER-ID") return CompletionKind::ids;
  return CompletionKind::nothing;
}

}  // namespace

CompletionValues values_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  CompletionValues values{kind_of(type), {}};
  if (type.find('|') == std::string::npos) return values;
  for (std::string& word : split(type, '|'))
    if (word == lower(word)) values.words.push_back(std::move(word));  // placeholders are in capitals
  if (values.kind == CompletionKind::nothing && !values.words.empty()) values.kind = CompletionKind::words;
  return values;
}

CompletionValues arguments_of(const CLI::App& app) {
  CompletionValues all;
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_positional()) continue;
    CompletionValues values = values_of(*option);
    if (values.kind != CompletionKind::nothing) all.kind = values.kind;
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
