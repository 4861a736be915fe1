#include "cli/completion.hpp"

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <ostream>
#include <sstream>

#include "cli/commands.hpp"
#include "cli/flag.hpp"
#include "cli/invocation.hpp"
#include "common/text.hpp"

namespace sagactl {
namespace {

enum class Shell : std::uint8_t { bash, zsh, fish };

}  // namespace

template <>
struct Spelling<Shell> {
  static constexpr std::string_view names[] = {"bash", "zsh", "fish"};
};

namespace {

// A command with its path from the root, in words: "order create"; "" for the root.
void each_command(const CLI::App& app, const std::string& path,
                  const std::function<void(const CLI::App&, const std::string&)>& visit) {
  visit(app, path);
  for (const CLI::App* sub : app.get_subcommands({}))
    each_command(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name(), visit);
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

// The values of a flag that takes one of a few words; else empty.
std::vector<std::string> choices_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  return type.find('|') == std::string::npos ? std::vector<std::string>{} : split(type, '|');
}

std::vector<std::string> words_of(const CLI::App& app) {
  std::vector<std::string> words;
  for (const CLI::App* sub : app.get_subcommands({})) words.push_back(sub->get_name());
  for (const CLI::Option* option : app.get_options())
    if (option->get_positional())
      for (std::string& choice : choices_of(*option)) words.push_back(std::move(choice));
  return words;
}

// One line of a `case` for each name of a flag that takes one of a few words.
std::string choice_cases(const CLI::App& app, const std::string& path) {
  std::ostringstream cases;
  for (const CLI::Option* option : app.get_options()) {
    const auto values = choices_of(*option);
    if (values.empty() || option->get_positional()) continue;
    for (const std::string& name : names_of(*option))
      cases << "    '" << path << "|" << name << "') candidates='" << join(values, " ") << "'; return ;;\n";
  }
  return cases.str();
}

// A function over the words of the line that finds the command and puts the candidates into `candidates`.
// Both bash and zsh can read it.
std::string shared_function(const CLI::App& root) {
  std::string commands, choices, paths;
  const std::string common = join(flags_of(root), " ");
  each_command(root, "", [&](const CLI::App& app, const std::string& path) {
    const std::string own = path.empty() ? "" : join(flags_of(app), " ");
    commands +=
        "    '" + path + "') candidates='" + join(words_of(app), " ") + " " + own + " " + common + "' ;;\n";
    if (path.empty()) return;
    choices += choice_cases(app, path);
    paths += (paths.empty() ? "'" : "|'") + path + "'";
  });
  return "_sagactl_candidates() {\n"
         "  # $1: the word before the one to complete; then all words before it.\n"
         "  local before=\"$1\" found='' word\n"
         "  shift\n"
         "  for word in \"$@\"; do\n"
         "    case \"${found:+$found }$word\" in\n"
         "    " +
         paths +
         ") found=\"${found:+$found }$word\" ;;\n"
         "    esac\n"
         "  done\n"
         "  case \"$found|$before\" in\n" +
         choices +
         "  esac\n"
         "  case \"|$before\" in\n" +
         choice_cases(root, "") +
         "  esac\n"
         "  case \"$found\" in\n" +
         commands +
         "  esac\n"
         "}\n";
}

std::string bash_script(const CLI::App& root) {
  return "# Completion of sagactl for bash: source <(sagactl completion bash)\n" + shared_function(root) +
         "_sagactl() {\n"
         "  local candidates=''\n"
         "  _sagactl_candidates \"${COMP_WORDS[COMP_CWORD-1]}\" \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"\n"
         "  COMPREPLY=($(compgen -W \"$candidates\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
         "}\n"
         "complete -o default -F _sagactl sagactl\n";
}

std::string zsh_script(const CLI::App& root) {
  return "#compdef sagactl\n# Completion of sagactl for zsh: source <(sagactl completion zsh)\n" +
         shared_function(root) +
         "_sagactl() {\n"
         "  local candidates=''\n"
         "  _sagactl_candidates \"${words[CURRENT-1]}\" \"${(@)words[2,CURRENT-1]}\"\n"
         "  compadd -- ${=candidates}\n"
         "}\n"
         "compdef _sagactl sagactl\n";
}

std::string quoted(std::string text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string fish_condition(const std::string& path) {
  if (path.empty()) return "__fish_use_subcommand";
  std::string condition;
  for (const std::string& word : split(path, ' '))
    condition += (condition.empty() ? "" : "; and ") + ("__fish_seen_subcommand_from " + word);
  return condition;
}

std::string fish_script(const CLI::App& root) {
  std::ostringstream out;
  out << "# Completion of sagactl for fish: sagactl completion fish | source\n";
  each_command(root, "", [&](const CLI::App& app, const std::string& path) {
    const std::string when = " -n " + quoted(fish_condition(path));
    for (const CLI::App* sub : app.get_subcommands({}))
      out << "complete -c sagactl -f" << when << " -a " << sub->get_name() << " -d "
          << quoted(sub->get_description()) << '\n';
    for (const CLI::Option* option : app.get_options()) {
      if (option->get_positional()) continue;
      out << "complete -c sagactl" << (path.empty() ? "" : when);
      for (const std::string& name : option->get_lnames()) out << " -l " << name;
      for (const std::string& name : option->get_snames()) out << " -s " << name;
      const auto values = choices_of(*option);
      if (!values.empty()) out << " -x -a " << quoted(join(values, " "));
      out << " -d " << quoted(option->get_description()) << '\n';
    }
  });
  return out.str();
}

}  // namespace

void add_completion(CLI::App& root, Commands& commands) {
  const auto shell = std::make_shared<Shell>(Shell::bash);
  CLI::App* app = add_command(root, "completion", "Print a script that completes commands and flags", "Setting up");
  add_choice(*app, "shell", *shell, "Which shell").required();
  commands.work_without_settings(app, true);
  commands.add(app, [shell, &root](Invocation& invocation) -> Result<ExitCode> {
    switch (*shell) {
      case Shell::bash:
        invocation.terminal.out << bash_script(root);
        break;
      case Shell::zsh:
        invocation.terminal.out << zsh_script(root);
        break;
      case Shell::fish:
        invocation.terminal.out << fish_script(root);
        break;
    }
    return ExitCode::done;
  });
}

}  // namespace sagactl
