#include "cli/help/usage.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>

#include "cli/help/fitted_help.hpp"
#include "cli/invocation.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

std::string placeholder(const CLI::Option& argument) {
  return argument.get_type_name() + (argument.get_expected_max() > 1 ? "..." : "");
}

// The help of a command: description, usage, subcommands, arguments, flags, footer.
class HelpText : public CLI::Formatter {
 public:
  HelpText() { column_width(help_column); }

  std::string make_help(const CLI::App* app, std::string, CLI::AppFormatMode mode) const override {
    std::string text = app->get_description() + "\n\nUsage: " + usage(*app) + "\n";
    text += make_subcommands(app, mode) + tidy(make_positionals(app) + make_groups(app, mode));
    if (!app->get_footer().empty()) text += "\n" + app->get_footer() + "\n";
    if (app->get_parent()) return text + "\nFlags for every command: `sagactl --help`\n";
    return text +
           "\nValues: DURATION 500ms, 10s, 5m or 1h; RATE 200/s or 5000/m; RATIO 0.2 or 20%.\n"
           "Precedence: flags, environment variables (SAGACTL_URL, SAGACTL_SERVE_PORT, ...), ./sagactl.toml,\n"
           "~/.config/sagactl/config.toml.\n"
           "Exit codes: 0 done or PASS, 1 refused or FAIL, 2 UNKNOWN, 3 threshold missed, 4 usage error,\n"
           "5 connection failed, 6 output not written, 130 interrupted, 141 output closed.\n";
  }

  // Arguments are listed by their placeholder, as in the usage line.
  std::string make_option_name(const CLI::Option* option, bool is_positional) const override {
    return is_positional ? placeholder(*option) : CLI::Formatter::make_option_name(option, false);
  }
  std::string make_option_opts(const CLI::Option* option) const override {
    const std::string type = option->get_type_name();
    return option->get_positional() || type.empty() ? "" : " " + type;
  }

 private:
  // Renames CLI11's headings, and leaves one empty line between groups.
  static std::string tidy(std::string text) {
    const auto replace = [&](std::string_view from, std::string_view to) {
      for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at))
        text.replace(at, from.size(), to);
    };
    replace("\nOptions:\n", "\nFlags:\n");
    replace("\nPositionals:\n", "\nArguments:\n");
    replace("\n\n\n", "\n\n");
    while (text.ends_with("\n\n")) text.pop_back();
    return text;
  }

  static std::string usage(const CLI::App& app) {
    std::string text = command_path(app);
    const bool runs_alone = app.get_parent() && app.get_require_subcommand_min() == 0;
    if (!app.get_subcommands({}).empty() && !runs_alone) text += " COMMAND";
    for (const CLI::Option* option : app.get_options()) {
      if (!option->get_positional()) continue;
      const std::string name = placeholder(*option);
      text += option->get_required() ? " " + name : " [" + name + "]";
    }
    return text + " [FLAGS]";
  }
};

std::vector<std::string> long_names_of(const CLI::App& app) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  return flags;
}

// What other programs call the same.
constexpr std::array<std::array<std::string_view, 4>, 4> synonyms = {{{"get", "show", "describe", "view"},
                                                                      {"list", "ls", "dir", "all"},
                                                                      {"create", "new", "add", "start"},
                                                                      {"remove", "delete", "rm", "discard"}}};

std::string synonym_of(const std::string& word, const std::vector<std::string>& candidates) {
  for (const auto& words : synonyms) {
    const auto is_one_of_them = [&](std::string_view it) {
      return std::find(words.begin(), words.end(), it) != words.end();
    };
    if (!is_one_of_them(word)) continue;
    const auto found = std::find_if(candidates.begin(), candidates.end(), is_one_of_them);
    if (found != candidates.end()) return *found;
  }
  return {};
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates) {
  std::string near = nearest(word, candidates);
  if (near.empty()) near = synonym_of(word, candidates);
  if (!near.empty()) return "; did you mean " + near + "?";
  const auto longer = std::find_if(candidates.begin(), candidates.end(),
                                   [&](const std::string& it) { return it.starts_with(word + "-"); });
  return longer == candidates.end() ? "" : "; did you mean " + *longer + "?";
}

std::string unknown_flag(const CLI::App& root, const CLI::App& at, const std::string& argument) {
  const std::string flag = argument.substr(0, argument.find('='));
  std::vector<std::string> candidates = long_names_of(at);
  for (std::string& name : long_names_of(root)) candidates.push_back(std::move(name));
  return "'" + flag + "' is not a flag of " + command_path(at) + did_you_mean(flag, candidates);
}

struct ExampleValue {
  std::string_view placeholder, value;
};
constexpr ExampleValue example_values[] = {{"ORDER-ID", "0198f0a0-5b3c-7000-8000-000000000001"},
                                           {"SAGA-ID", "0198f0a0-5b3c-7000-8000-000000000001"},
                                           {"ID", "0198f0a0-5b3c-7000-8000-000000000001"},
                                           {"EMAIL", "ann@example.com"},
                                           {"CONTEXT", "production"},
                                           {"PAYMENT-ID", "payment-1"},
                                           {"PRODUCT[:QUANTITY[:PRICE]]", "BOOK:2:9.50"},
                                           {"DURATION", "10s"},
                                           {"RATE", "200/s"},
                                           {"RATIO", "20%"},
                                           {"PERCENT", "20%"},
                                           {"N", "10"},
                                           {"EVENT", "OrderCreated"},
                                           {"LIMIT", "'p99<50ms'"},
                                           {"STAGES", "'ramp 0..500/s 30s, 500/s 2m'"},
                                           {"URL[,URL...]", "http://127.0.0.1:3000"}};

// A value that the option takes; its placeholder when none is known.
std::string example_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  for (const ExampleValue& example : example_values)
    if (type == example.placeholder) return std::string(example.value);
  return type.substr(0, type.find('|'));  // the first of the choices
}

// As it is written on the command line: "--rate 200/s"; only the value of a positional argument.
std::string example_use(const CLI::Option& option) {
  const bool is_positional = option.get_positional();
  return (is_positional ? "" : "--" + option.get_lnames().front() + " ") + example_of(option);
}

// The first argument or flag that the command needs and was not given.
const CLI::Option* first_missing(const CLI::App& at) {
  for (const CLI::Option* option : at.get_options())
    if (option->get_required() && option->count() == 0) return option;
  return nullptr;
}

// The command with all that it needs.
std::string example_command(const CLI::App& at) {
  std::string line = command_path(at);
  for (const CLI::Option* option : at.get_options())
    if (option->get_required()) line += " " + example_use(*option);
  return line;
}

std::string what_is_missing(const CLI::App& at, const CLI::Option& missing) {
  if (missing.get_positional())
    return command_path(at) + " needs " + placeholder(missing) + " (" + missing.get_description() + ")";
  return command_path(at) + " needs --" + missing.get_lnames().front() + " " + placeholder(missing);
}

// The flag of which CLI11 found no value, as the last one of the command line, or several where it takes one: it names
// the flag first, "--rate: 1 required ...".
const CLI::Option* flag_of_mismatch(const CLI::App& root, const CLI::App& at, const std::string& message) {
  const std::string name = message.substr(0, message.find(':'));
  if (!name.starts_with("-")) return nullptr;
  const CLI::Option* own = at.get_option_no_throw(name);
  return own ? own : root.get_option_no_throw(name);
}

// "create, get or list"; empty for a command with many.
std::string subcommands_of(const CLI::App& at) {
  constexpr std::size_t listed_max = 8;
  std::vector<std::string> names;
  for (const CLI::App* sub : at.get_subcommands({})) names.push_back(sub->get_name());
  if (names.size() == 1) return names.front();
  if (names.empty() || names.size() > listed_max) return "";
  const std::string last = names.back();
  names.pop_back();
  return join(names, ", ") + " or " + last;
}

Error with_help_hint(const CLI::App& at, std::string message, const std::string& example) {
  const std::string help = "`" + command_path(at) + " --help` lists " +
                           (at.get_subcommands({}).empty() ? "arguments and flags" : "commands and flags");
  return with_hint(Error{ErrorCode::invalid, std::move(message)},
                   example.empty() ? help : "such as `" + example + "`; " + help);
}

}  // namespace

void prepare_usage(CLI::App& root) {
  root.formatter(std::make_shared<HelpText>());
  root.fallthrough();
  root.require_subcommand(1);
  root.set_help_flag("-h,--help", "Show this help");
  root.set_version_flag("-V,--version", "", "Show the version of this build");
}

std::string command_path(const CLI::App& app) {
  return app.get_parent() ? command_path(*app.get_parent()) + " " + app.get_name() : app.get_name();
}

std::string unknown_command(const CLI::App& at, const std::string& word) {
  std::vector<std::string> candidates;
  for (const CLI::App* sub : at.get_subcommands({})) candidates.push_back(sub->get_name());
  if (candidates.empty()) return "unexpected argument '" + word + "' for " + command_path(at);
  if (std::find(candidates.begin(), candidates.end(), word) != candidates.end())
    return "'" + word + "' stands too early: write `" + command_path(at) + " " + word + "`";
  const std::string near = did_you_mean(word, candidates), names = subcommands_of(at);
  return fmt::format("'{}' is not a command of {}{}", word, command_path(at),
                     !near.empty()   ? near
                     : names.empty() ? ""
                                     : "; write " + names);
}

Error usage_error(const CLI::App& root, const CLI::App& at, const CLI::ParseError& rejected) {
  const std::vector<std::string> extras = root.remaining(true);
  for (const std::string& extra : extras) {
    if (extra == "--") continue;
    const bool is_flag = extra.starts_with('-') && extra.size() > 1;
    return with_help_hint(at, is_flag ? unknown_flag(root, at, extra) : unknown_command(at, extra), "");
  }
  if (dynamic_cast<const CLI::RequiredError*>(&rejected) != nullptr) {
    if (const CLI::Option* missing = first_missing(at))
      return with_help_hint(at, what_is_missing(at, *missing), example_command(at));
    const std::string names = subcommands_of(at);
    return with_help_hint(at, command_path(at) + " needs a command" + (names.empty() ? "" : ": " + names), "");
  }
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&rejected) != nullptr)
    if (const CLI::Option* flag = flag_of_mismatch(root, at, rejected.what()))
      return with_help_hint(
          at,
          fmt::format("--{} {}: {}", flag->get_lnames().front(),
                      flag->results().size() > 1 ? "is given more than once, and has one value" : "needs a value",
                      placeholder(*flag)),
          example_use(*flag));
  return with_help_hint(at, rejected.what(), "");
}

}  // namespace sagactl
