#include "cli/configuration/flag_sources.hpp"

#include <CLI/CLI.hpp>
#include <fstream>
#include <set>

#include "cli/commands.hpp"
#include "cli/configuration/contexts.hpp"
#include "cli/configuration/environment.hpp"
#include "cli/configuration/option_values.hpp"
#include "cli/configuration/toml_members.hpp"
#include "cli/loadtest/scenario_file.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

// Tables become prefixes: "serve.port".
void flatten(const toml::table& table, const std::string& prefix, FlagSource& source) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (const auto* inner = node.as_table())
      flatten(*inner, name + ".", source);
    else
      source.values[name] = toml_texts(node);
  }
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

// The parsed commands from the root down, each with the prefix of its keys.
std::vector<std::pair<CLI::App*, std::string>> parsed_commands(CLI::App& root) {
  std::vector<std::pair<CLI::App*, std::string>> chain = {{&root, ""}};
  for (CLI::App* app = &root; !app->get_subcommands().empty();) {
    app = app->get_subcommands().front();
    chain.emplace_back(app, chain.back().second + app->get_name() + ".");
  }
  return chain;
}

void collect_keys(const CLI::App& app, const Commands& commands, const std::string& prefix,
                  std::set<std::string>& keys) {
  for (const CLI::Option* option : app.get_options()) {
    if (!takes_settings(app, *option)) continue;
    keys.insert(prefix + long_name(*option));
    if (commands.is_shared(option)) keys.insert(long_name(*option));
  }
  for (const CLI::App* sub : app.get_subcommands({}))
    collect_keys(*sub, commands, prefix + sub->get_name() + ".", keys);
}

std::vector<std::string> unknown_keys(const CLI::App& root, const Commands& commands,
                                      const std::vector<FlagSource>& sources) {
  std::set<std::string> known;
  collect_keys(root, commands, "", known);
  const std::vector<std::string> candidates(known.begin(), known.end());
  std::vector<std::string> warnings;
  for (const FlagSource& source : sources) {
    for (const auto& [key, values] : source.values) {
      if (known.contains(key)) continue;
      const std::string near = nearest(key, candidates);
      warnings.push_back(source.name + ": '" + key + "' is not a setting" +
                         (near.empty() ? "" : "; did you mean '" + near + "'?"));
    }
  }
  return warnings;
}

// The value of a flag, and where it is from.
struct SourcedValue {
  std::string source;
  std::vector<std::string> values;
};

// Kubernetes may set a variable named ..._PORT for a Service that has the name of a command. A Service's address says
// nothing about the port to listen on, so such a variable is ignored.
bool is_service_link(const std::string& variable, const std::string& value) {
  return variable.ends_with("PORT") && port_of_service_link(value);
}

// Searches the environment first, then `files` in their order.
std::optional<SourcedValue> find_value(const CLI::Option& option, const std::string& key, const Commands& commands,
                                       const Environment& environment, const std::vector<FlagSource>& files,
                                       std::vector<std::string>& warnings) {
  std::vector<std::string> keys = {key};
  if (commands.is_shared(&option)) keys.push_back(long_name(option));
  std::vector<std::string> variables;
  for (const std::string& each : keys) variables.push_back(variable_of(each));
  for (std::string& variable : commands.variables_of(&option)) variables.push_back(std::move(variable));
  for (const std::string& variable : variables) {
    const auto value = environment.get(variable);
    if (value && !is_service_link(variable, *value)) return SourcedValue{"environment variable " + variable, {*value}};
    if (value)
      warnings.push_back("environment variable " + variable + " is ignored for --" + long_name(option) + ": '" +
                         *value + "' is set by Kubernetes for a Service with that name (enableServiceLinks)");
  }
  for (const FlagSource& file : files)
    for (const std::string& each : keys)
      if (const auto found = file.values.find(each); found != file.values.end())
        return SourcedValue{file.name, found->second};
  return std::nullopt;
}

// An error in a source ends the command, or is a warning for a command that works without settings.
struct SourceErrors {
  bool only_warn = false;
  std::vector<std::string> warnings = {};

  Result<void> add(Error error) {
    if (!only_warn) return error;
    warnings.push_back(std::move(error.message));
    return {};
  }
};

// The configuration files, and the context among them: a context that was named overrides all files, the current
// context only the user's own file.
class SettingsFiles {
 public:
  SettingsFiles(const Environment& environment, SourceErrors& errors) : environment_(environment), errors_(errors) {}

  // The one that overrides the others first.
  Result<std::vector<FlagSource>> read(CLI::App& root, const Commands& commands) {
    std::vector<FlagSource> files;
    // Without a working or home directory there is no such file: a relative path would name another file.
    if (!environment_.working_directory.empty())
      if (auto added = add(files, environment_.resolve("sagactl.toml"), "sagactl.toml"); !added) return added.error();
    const bool has_project = !files.empty();
    if (const auto directory = environment_.config_directory(); !directory.empty()) {
      const auto path = directory / "config.toml";
      if (auto added = add(files, path, path.string()); !added) return added.error();
    }
    for (std::string& warning : unknown_keys(root, commands, files)) errors_.warnings.push_back(std::move(warning));
    if (auto added = add_context(files, has_project, root, commands); !added) return added.error();
    return files;
  }

 private:
  Result<void> add(std::vector<FlagSource>& files, const std::filesystem::path& path, const std::string& name) {
    auto file = read_toml(path, name);
    if (!file) return errors_.add(file.error());
    if (*file) files.push_back(std::move(**file));
    return {};
  }

  Result<void> add_context(std::vector<FlagSource>& files, bool has_project, const CLI::App& root,
                           const Commands& commands) {
    auto contexts = Contexts::load(environment_.config_directory());
    if (!contexts) return errors_.add(contexts.error());
    std::string named, named_by;
    const CLI::Option* option = root.get_option("--context");
    if (option->count() > 0) {
      named = option->results().back();
    } else if (const auto found = find_value(*option, "context", commands, environment_, files, errors_.warnings)) {
      named = found->values.back();
      named_by = found->source;
    }
    const std::string& name = named.empty() ? contexts->current : named;
    if (name.empty()) return {};
    const Context* context = contexts->find(name);
    if (!context) {
      Error error{ErrorCode::invalid, "there is no context '" + name + "'" +
                                          (named_by.empty() ? "" : " (named by " + named_by + ")") +
                                          "; `sagactl context list` shows the contexts"};
      if (option->count() > 0) return error;  // named by this command line
      return errors_.add(std::move(error));
    }
    FlagSource source{"context " + name, {}};
    for (const auto& [key, value] : *context) source.values[key] = {value};  // the flag splits a list
    files.insert(named.empty() && has_project ? files.begin() + 1 : files.begin(), std::move(source));
    return {};
  }

  const Environment& environment_;
  SourceErrors& errors_;
};

}  // namespace

Result<std::optional<FlagSource>> read_toml(const std::filesystem::path& path, const std::string& name) {
  if (!std::ifstream(path)) return std::optional<FlagSource>();
  const auto table = read_toml_table(path, name);
  if (!table) return table.error();
  FlagSource source{name, {}};
  flatten(*table, "", source);
  return std::optional<FlagSource>(std::move(source));
}

Result<FilledFlags> fill_flags(CLI::App& root, const Commands& commands, const Environment& environment) {
  const auto chain = parsed_commands(root);
  CLI::App& command = *chain.back().first;
  SourceErrors errors{commands.works_without_settings(&command)};
  auto files = SettingsFiles(environment, errors).read(root, commands);
  if (!files) return files.error();
  if (const auto filled = fill_from_scenario_file(command, environment); !filled) return filled.error();
  FilledFlags flags;
  for (const auto& [app, prefix] : chain) {
    for (CLI::Option* option : app->get_options()) {
      if (option->count() > 0 || !takes_settings(*app, *option)) continue;
      const auto found =
          find_value(*option, prefix + long_name(*option), commands, environment, *files, errors.warnings);
      if (!found) continue;
      const auto filled = set_option(*option, found->values);
      if (filled && app == &root) flags.sources[long_name(*option)] = found->source;
      if (filled) continue;
      const Error wrong{ErrorCode::invalid, found->source + ": " + filled.error().message};
      if (const auto added = errors.add(wrong); !added) return added.error();
    }
  }
  flags.warnings = std::move(errors.warnings);
  return flags;
}

}  // namespace sagactl
