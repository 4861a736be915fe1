#include "cli/help/usage.hpp"

#include <CLI/CLI.hpp>

#include "cli/invocation.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

// The help of a command: description, usage, subcommands, arguments, flags, footer.
class HelpText : public CLI::Formatter {
 public:
  HelpText() { column_width(34); }

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
  static std::string placeholder(const CLI::Option& argument) {
    return argument.get_type_name() + (argument.get_expected_max() > 1 ? "..." : "");
  }

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
    if (!app.get_subcommands({}).empty()) text += " COMMAND";
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

std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates) {
  const std::string near = nearest(word, candidates);
  return near.empty() ? "" : "; did you mean " + near + "?";
}

std::string unknown_flag(const CLI::App& root, const CLI::App& at, const std::string& argument) {
  const std::string flag = argument.substr(0, argument.find('='));
  std::vector<std::string> candidates = long_names_of(at);
  for (std::string& name : long_names_of(root)) candidates.push_back(std::move(name));
  return "'" + flag + "' is not a flag of " + command_path(at) + did_you_mean(flag, candidates);
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
  return "'" + word + "' is not a command of " + command_path(at) + did_you_mean(word, candidates);
}

Error usage_error(const CLI::App& root, const CLI::App& at, const std::string& message) {
  std::string text = message;
  const std::vector<std::string> extras = root.remaining(true);
  for (const std::string& extra : extras) {
    if (extra == "--") continue;
    text = extra.starts_with('-') && extra.size() > 1 ? unknown_flag(root, at, extra) : unknown_command(at, extra);
    break;
  }
  if (extras.empty() && !at.get_subcommands({}).empty()) text = command_path(at) + " needs a command";
  return with_hint(Error{ErrorCode::invalid, text}, "`" + command_path(at) + " --help` lists commands and flags");
}

}  // namespace sagactl
