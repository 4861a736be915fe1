#include "cli/source.hpp"

#include <CLI/CLI.hpp>
#include <fstream>
#include <set>

#include "cli/commands.hpp"
#include "cli/contexts.hpp"
#include "cli/environment.hpp"
#include "cli/scenario_file.hpp"
#include "cli/toml_members.hpp"
#include "common/text.hpp"

namespace sagactl {
namespace {

void flatten(const toml::table& table, const std::string& prefix, Source& source) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (const auto* inner = node.as_table()) {
      flatten(*inner, name + ".", source);
    } else if (const auto* list = node.as_array()) {
      for (const toml::node& element : *list) source.values[name].push_back(toml_text(element));
    } else {
      source.values[name] = {toml_text(node)};
    }
  }
}

std::string long_name(const CLI::Option& option) {
  const auto& names = option.get_lnames();
  return names.empty() ? std::string() : names.front();
}

bool takes_settings(const CLI::App& app, const CLI::Option& option) {
  return !long_name(option).empty() && &option != app.get_help_ptr() && long_name(option) != "version";
}

std::string variable_of(const std::string& key) {
  std::string name = "SAGACTL_";
  for (const char c : key) {
    if (c >= 'a' && c <= 'z')
      name += static_cast<char>(c - 'a' + 'A');
    else
      name += c == '.' || c == '-' ? '_' : c;
  }
  return name;
}

void fill_flag(CLI::Option& option, const std::string& source, const std::vector<std::string>& values,
               Result<void>& result) {
  try {
    for (const std::string& value : values) option.add_result(value);
    option.run_callback();
  } catch (const CLI::Error& error) {
    result = Error{ErrorCode::invalid, source + ": " + error.what()};
  }
}

// The chain of chosen commands with the prefix of their keys.
std::vector<std::pair<CLI::App*, std::string>> chosen(CLI::App& root) {
  std::vector<std::pair<CLI::App*, std::string>> chain = {{&root, ""}};
  for (CLI::App* app = &root; !app->get_subcommands().empty();) {
    app = app->get_subcommands().front();
    chain.emplace_back(app, chain.back().second + app->get_name() + ".");
  }
  return chain;
}

void collect_keys(const CLI::App& app, const std::string& prefix, std::set<std::string>& keys) {
  for (const CLI::Option* option : app.get_options())
    if (takes_settings(app, *option)) keys.insert(prefix + long_name(*option));
  for (const CLI::App* sub : app.get_subcommands({}))
    collect_keys(*sub, prefix + sub->get_name() + ".", keys);
}

std::vector<std::string> unknown_keys(const CLI::App& root, const std::vector<Source>& sources) {
  std::set<std::string> known;
  collect_keys(root, "", known);
  const std::vector<std::string> candidates(known.begin(), known.end());
  std::vector<std::string> warnings;
  for (const Source& source : sources) {
    for (const auto& [key, values] : source.values) {
      if (known.contains(key)) continue;
      const std::string near = nearest(key, candidates);
      warnings.push_back(source.name + ": '" + key + "' is no setting" +
                         (near.empty() ? "" : "; did you mean '" + near + "'?"));
    }
  }
  return warnings;
}

// The first value that a source has for the flag. Environment first, then `files` in their order.
struct Found {
  std::string source;
  std::vector<std::string> values;
};

std::optional<Found> find_value(const CLI::Option& option, const std::string& key, const Commands& commands,
                                const Environment& environment, const std::vector<Source>& files) {
  std::vector<std::string> variables = {variable_of(key)};
  for (const std::string& further : commands.variables_of(&option)) variables.push_back(further);
  for (const std::string& variable : variables)
    if (const auto value = environment.get(variable))
      return Found{"environment variable " + variable, {*value}};
  for (const Source& file : files) {
    const auto found = file.values.find(key);
    if (found != file.values.end()) return Found{file.name, found->second};
  }
  return std::nullopt;
}

// The files, with the context that was named or is the current one in its place: a named one goes before all
// files, the current one before the user's own.
Result<std::vector<Source>> files_in_order(CLI::App& root, const Commands& commands,
                                           const Environment& environment,
                                           std::vector<std::string>& warnings) {
  auto project = read_toml(environment.resolve("sagactl.toml"), "sagactl.toml");
  if (!project) return project.error();
  const auto user_path = environment.config_directory() / "config.toml";
  auto user = read_toml(user_path, user_path.string());
  if (!user) return user.error();

  std::vector<Source> files;
  if (*project) files.push_back(**project);
  if (*user) files.push_back(**user);
  warnings = unknown_keys(root, files);

  auto contexts = Contexts::load(environment.config_directory());
  if (!contexts) return contexts.error();
  std::string named;
  const CLI::Option* option = root.get_option("--context");
  if (option->count() > 0)
    named = option->results().back();
  else if (const auto found = find_value(*option, "context", commands, environment, files))
    named = found->values.back();
  const std::string& name = named.empty() ? contexts->current : named;
  if (name.empty()) return files;
  const Context* context = contexts->find(name);
  if (!context)
    return Error{ErrorCode::invalid,
                 "there is no context '" + name + "'; `sagactl context list` shows those that are"};
  Source source{"context " + name, {}};
  for (const auto& [key, value] : *context) source.values[key] = split(value, ',');
  files.insert(named.empty() && *project ? files.begin() + 1 : files.begin(), std::move(source));
  return files;
}

}  // namespace

Result<std::optional<Source>> read_toml(const std::filesystem::path& path, const std::string& name) {
  if (!std::ifstream(path)) return std::optional<Source>();
  const auto table = read_toml_table(path, name);
  if (!table) return table.error();
  Source source{name, {}};
  flatten(*table, "", source);
  return std::optional<Source>(std::move(source));
}

Result<std::vector<std::string>> fill_flags(CLI::App& root, const Commands& commands,
                                            const Environment& environment) {
  std::vector<std::string> warnings;
  auto files = files_in_order(root, commands, environment, warnings);
  if (!files) return files.error();
  const auto chain = chosen(root);
  Result<void> result = fill_from_scenario_file(*chain.back().first, environment);
  if (!result) return result.error();
  for (const auto& [app, prefix] : chain) {
    for (CLI::Option* option : app->get_options()) {
      if (option->count() > 0 || !takes_settings(*app, *option)) continue;
      const auto found = find_value(*option, prefix + long_name(*option), commands, environment, *files);
      if (found) fill_flag(*option, found->source, found->values, result);
      if (!result) return result.error();
    }
  }
  return warnings;
}

}  // namespace sagactl
