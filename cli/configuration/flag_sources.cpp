#include "cli/configuration/flag_sources.hpp"

#include <CLI/CLI.hpp>
#include <fstream>
#include <set>

#include "cli/commands.hpp"
#include "cli/configuration/contexts.hpp"
#include "cli/configuration/environment.hpp"
#include "cli/loadtest/scenario_file.hpp"
#include "cli/configuration/toml_members.hpp"
#include "common/text/text.hpp"

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

Result<void> fill_flag(CLI::Option& option, const std::string& source, const std::vector<std::string>& values) {
  try {
    for (const std::string& value : values) option.add_result(value);
    option.run_callback();
  } catch (const CLI::Error& error) {
    option.clear();
    return Error{ErrorCode::invalid, source + ": " + error.what()};
  }
  return {};
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

// A variable named ..._PORT may be what Kubernetes makes for a Service that is called like a command. Where to listen
// does not follow from where a Service is, so such a one counts as none.
bool is_of_a_service(const std::string& variable, const std::string& value) {
  return variable.ends_with("PORT") && port_of_service_link(value);
}

std::optional<Found> find_value(const CLI::Option& option, const std::string& key, const Commands& commands,
                                const Environment& environment, const std::vector<Source>& files,
                                std::vector<std::string>& warnings) {
  std::vector<std::string> variables = {variable_of(key)};
  for (const std::string& further : commands.variables_of(&option)) variables.push_back(further);
  for (const std::string& variable : variables) {
    const auto value = environment.get(variable);
    if (value && !is_of_a_service(variable, *value)) return Found{"environment variable " + variable, {*value}};
    if (value)
      warnings.push_back("environment variable " + variable + " is not taken for --" + long_name(option) + ": '" +
                         *value + "' is what Kubernetes tells of a Service with such a name (enableServiceLinks)");
  }
  for (const Source& file : files) {
    const auto found = file.values.find(key);
    if (found != file.values.end()) return Found{file.name, found->second};
  }
  return std::nullopt;
}

// What is wrong with a source: the end of the command, or a warning where the command is there to mend such things.
struct Troubles {
  bool forgiving = false;
  std::vector<std::string> warnings = {};

  Result<void> of(Error error) {
    if (!forgiving) return error;
    warnings.push_back(std::move(error.message));
    return {};
  }
};

// The files, with the context that was named or is the current one in its place: a named one goes before all
// files, the current one before the user's own.
class Files {
 public:
  Files(const Environment& environment, Troubles& troubles) : environment_(environment), troubles_(troubles) {}

  Result<std::vector<Source>> in_order(CLI::App& root, const Commands& commands) {
    std::vector<Source> files;
    // Without a working directory, or a home, there is no such file; a relative name would be another's.
    if (!environment_.working_directory.empty())
      if (auto added = add(files, environment_.resolve("sagactl.toml"), "sagactl.toml"); !added) return added.error();
    const bool has_project = !files.empty();
    if (const auto directory = environment_.config_directory(); !directory.empty()) {
      const auto path = directory / "config.toml";
      if (auto added = add(files, path, path.string()); !added) return added.error();
    }
    for (std::string& warning : unknown_keys(root, files)) troubles_.warnings.push_back(std::move(warning));
    if (auto added = add_context(files, has_project, root, commands); !added) return added.error();
    return files;
  }

 private:
  Result<void> add(std::vector<Source>& files, const std::filesystem::path& path, const std::string& name) {
    auto file = read_toml(path, name);
    if (!file) return troubles_.of(file.error());
    if (*file) files.push_back(std::move(**file));
    return {};
  }

  Result<void> add_context(std::vector<Source>& files, bool has_project, const CLI::App& root,
                           const Commands& commands) {
    auto contexts = Contexts::load(environment_.config_directory());
    if (!contexts) return troubles_.of(contexts.error());
    std::string named, by;
    const CLI::Option* option = root.get_option("--context");
    if (option->count() > 0) {
      named = option->results().back();
    } else if (const auto found = find_value(*option, "context", commands, environment_, files, troubles_.warnings)) {
      named = found->values.back();
      by = found->source;
    }
    const std::string& name = named.empty() ? contexts->current : named;
    if (name.empty()) return {};
    const Context* context = contexts->find(name);
    if (!context) {
      Error error{ErrorCode::invalid, "there is no context '" + name + "'" +
                                          (by.empty() ? "" : ", which " + by + " names") +
                                          "; `sagactl context list` shows those that are"};
      if (option->count() > 0) return error;  // said with this very command
      return troubles_.of(std::move(error));
    }
    Source source{"context " + name, {}};
    for (const auto& [key, value] : *context) source.values[key] = {value};  // a list is split as the flag's is
    files.insert(named.empty() && has_project ? files.begin() + 1 : files.begin(), std::move(source));
    return {};
  }

  const Environment& environment_;
  Troubles& troubles_;
};

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
  const auto chain = chosen(root);
  CLI::App& command = *chain.back().first;
  Troubles troubles{commands.works_without_settings(&command)};
  auto files = Files(environment, troubles).in_order(root, commands);
  if (!files) return files.error();
  if (const auto filled = fill_from_scenario_file(command, environment); !filled) return filled.error();
  for (const auto& [app, prefix] : chain) {
    for (CLI::Option* option : app->get_options()) {
      if (option->count() > 0 || !takes_settings(*app, *option)) continue;
      const auto found =
          find_value(*option, prefix + long_name(*option), commands, environment, *files, troubles.warnings);
      if (!found) continue;
      const auto filled = fill_flag(*option, found->source, found->values);
      if (const auto trouble = filled ? filled : troubles.of(filled.error()); !trouble) return trouble.error();
    }
  }
  return std::move(troubles.warnings);
}

}  // namespace sagactl
