// `sagactl completion`: scripts that complete commands and flags in bash, zsh and fish.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <ostream>
#include <sstream>

#include "cli/client/json_answer.hpp"
#include "cli/client/node_client.hpp"
#include "cli/commands.hpp"
#include "cli/configuration/contexts.hpp"
#include "cli/flag.hpp"
#include "cli/help/completion_tree.hpp"
#include "cli/invocation.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

enum class Shell : std::uint8_t { bash, zsh, fish };
enum class LiveCandidates : std::uint8_t { ids, contexts };

}  // namespace

template <>
struct Spelling<Shell> {
  static constexpr std::string_view names[] = {"bash", "zsh", "fish"};
};
template <>
struct Spelling<LiveCandidates> {
  static constexpr std::string_view names[] = {"ids", "contexts"};
};

namespace {

constexpr int candidate_ids_max = 50;
constexpr Duration live_timeout = 1s;  // the user has pressed TAB and is waiting

// The word in the scripts.
std::string_view word_of(CompletionKind kind) {
  switch (kind) {
    case CompletionKind::words:
      return "words";
    case CompletionKind::nothing:
      return "nothing";
    case CompletionKind::files:
      return "files";
    case CompletionKind::directories:
      return "directories";
    case CompletionKind::contexts:
      return "contexts";
    case CompletionKind::ids:
      return "ids";
    case CompletionKind::commands:
      return "words";
  }
  crash("a kind of completion without a word");
}

// The positional arguments of a command. The arguments of `help` are the commands.
CompletionValues arguments_in(const CLI::App& app, const CLI::App& root) {
  CompletionValues values = arguments_of(app);
  if (values.kind == CompletionKind::commands) values.words = commands_of(root);
  return values;
}

// One line of a shell `case` for each name of a flag that takes a value.
std::string value_cases(const CLI::App& app, const std::string& path) {
  std::ostringstream cases;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional() || !takes_value(*option)) continue;
    const CompletionValues values = values_of(*option);
    for (const std::string& name : names_of(*option))
      cases << "    '" << path << "|" << name << "') wanted=" << word_of(values.kind) << " candidates='"
            << join(values.words, " ") << "'; return ;;\n";
  }
  return cases.str();
}

// A shell function for bash and zsh. From the words of the line it finds the command, sets `candidates` to the words
// that may follow and `wanted` to the kind of anything else that may, and collects in `given` the flags that select a
// node or a context.
std::string shared_function(const CLI::App& root) {
  std::string commands, values, paths;
  const std::string common = join(flags_of(root), " ");
  each_command(root, "", [&](const CLI::App& app, const std::string& path) {
    const std::string own = path.empty() ? "" : join(flags_of(app), " ");
    const CompletionValues arguments = arguments_in(app, root);
    commands += "    '" + path + "') wanted=" + std::string(word_of(arguments.kind)) + " candidates='" +
                join(commands_of(app), " ") + " " + join(arguments.words, " ") + " " + own + " " + common + "' ;;\n";
    if (path.empty()) return;
    values += value_cases(app, path);
    paths += (paths.empty() ? "'" : "|'") + path + "'";
  });
  return "_sagactl_candidates() {\n"
         "  # $1: the word before the one to complete; then all words before it.\n"
         "  local before=\"$1\" found='' word value=''\n"
         "  shift\n"
         "  for word in \"$@\"; do\n"
         "    if [ -n \"$value\" ]; then value=''; given+=(\"$word\"); continue; fi\n"
         "    case \"$word\" in\n"
         "    --url|--token|--token-file|--context|--data) value=1; given+=(\"$word\"); continue ;;\n"
         "    --url=*|--token=*|--token-file=*|--context=*|--data=*) given+=(\"$word\"); continue ;;\n"
         "    esac\n"
         "    case \"${found:+$found }$word\" in\n"
         "    " +
         paths +
         ") found=\"${found:+$found }$word\" ;;\n"
         "    esac\n"
         "  done\n"
         "  case \"$found|$before\" in\n" +
         values +
         "  esac\n"
         "  case \"|$before\" in\n" +
         value_cases(root, "") +
         "  esac\n"
         "  case \"$found\" in\n" +
         commands +
         "  esac\n"
         "}\n";
}

std::string bash_script(const CLI::App& root) {
  return "# Completion of sagactl for bash: source <(sagactl completion bash)\n" + shared_function(root) +
         "_sagactl() {\n"
         "  local candidates='' wanted='' IFS=$' \\t\\n' current=\"${COMP_WORDS[COMP_CWORD]}\" given=()\n"
         "  _sagactl_candidates \"${COMP_WORDS[COMP_CWORD-1]}\" \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"\n"
         "  case \"$wanted\" in\n"
         "  ids|contexts) candidates+=\" $(\"${COMP_WORDS[0]:-sagactl}\" complete \"$wanted\" \"${given[@]}\" "
         "2>/dev/null)\" ;;\n"
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$candidates\" -- \"$current\"))\n"
         "  IFS=$'\\n'\n"
         "  case \"$wanted\" in\n"
         "  files) compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen -f -- \"$current\")) ;;\n"
         "  directories) compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen -d -- \"$current\")) ;;\n"
         "  esac\n"
         "}\n"
         "complete -F _sagactl sagactl\n";
}

// Works when sourced, and as the file _sagactl in $fpath, whose content zsh runs as the completion function.
std::string zsh_script(const CLI::App& root) {
  return "#compdef sagactl\n# Completion of sagactl for zsh: source <(sagactl completion zsh), or a file called "
         "_sagactl in $fpath\n" +
         shared_function(root) +
         "_sagactl() {\n"
         "  local candidates='' wanted=''\n"
         "  local -a given\n"
         "  _sagactl_candidates \"${words[CURRENT-1]}\" \"${(@)words[2,CURRENT-1]}\"\n"
         "  case \"$wanted\" in\n"
         "  ids|contexts) candidates+=\" $(\"${words[1]}\" complete \"$wanted\" \"${(@)given}\" 2>/dev/null)\" ;;\n"
         "  files) _files ;;\n"
         "  directories) _files -/ ;;\n"
         "  esac\n"
         "  compadd -- ${=candidates}\n"
         "}\n"
         "if [[ \"${funcstack[1]}\" == _sagactl ]]; then\n"
         "  _sagactl \"$@\"\n"
         "elif (( $+functions[compdef] )); then\n"
         "  compdef _sagactl sagactl\n"
         "fi\n";
}

std::string quoted(std::string text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

// Arguments of fish's `complete` for the possible values.
std::string fish_values(const CompletionValues& values, bool of_flag) {
  std::string words = join(values.words, " ");
  std::string text;
  switch (values.kind) {
    case CompletionKind::nothing:
      return of_flag ? " -x" : "";
    case CompletionKind::contexts:
      words += " (__sagactl_live contexts)";
      break;
    case CompletionKind::ids:
      words += " (__sagactl_live ids)";
      break;
    case CompletionKind::directories:
      words += " (__fish_complete_directories)";
      break;
    case CompletionKind::files:
      return (of_flag ? " -r -F" : " -F") + (words.empty() ? "" : " -a " + quoted(words));
    case CompletionKind::words:
    case CompletionKind::commands:
      break;
  }
  return (of_flag ? " -x -a " : " -a ") + quoted(std::string(trim(words)));
}

std::string fish_script(const CLI::App& root) {
  std::ostringstream out;
  std::vector<std::string> paths;
  each_command(root, "", [&](const CLI::App&, const std::string& path) {
    if (!path.empty()) paths.push_back(quoted(path));
  });
  out << "# Completion of sagactl for fish: sagactl completion fish | source\n"
         "function __sagactl_at\n"
         "  set -l found\n"
         "  for word in (commandline -opc)[2..-1]\n"
         "    set -l next (string join -- ' ' $found $word)\n"
         "    contains -- \"$next\" "
      << join(paths, " ")
      << "; and set found $found $word\n"
         "  end\n"
         "  test \"$found\" = \"$argv[1]\"\n"
         "end\n"
         "function __sagactl_live\n"
         "  set -l words (commandline -opc)\n"
         "  set -l given\n"
         "  for i in (seq (count $words))\n"
         "    contains -- $words[$i] --url --token --token-file --context --data; and set given $given $words[$i] "
         "$words[(math $i + 1)]\n"
         "    string match -qr -- '^--(url|token|token-file|context|data)=' $words[$i]; and set given $given "
         "$words[$i]\n"
         "  end\n"
         "  $words[1] complete $argv[1] $given 2>/dev/null\n"
         "end\n"
         "complete -c sagactl -f\n";
  each_command(root, "", [&](const CLI::App& app, const std::string& path) {
    const std::string when = " -n " + quoted("__sagactl_at '" + path + "'");
    for (const CLI::App* sub : app.get_subcommands({}))
      if (!sub->get_group().empty())
        out << "complete -c sagactl" << when << " -a " << sub->get_name() << " -d " << quoted(sub->get_description())
            << '\n';
    const CompletionValues arguments = arguments_in(app, root);
    if (arguments.kind != CompletionKind::nothing)
      out << "complete -c sagactl" << when << fish_values(arguments, false) << '\n';
    for (const CLI::Option* option : app.get_options()) {
      if (option->get_positional()) continue;
      out << "complete -c sagactl" << (path.empty() ? "" : when);
      for (const std::string& name : option->get_lnames()) out << " -l " << name;
      for (const std::string& name : option->get_snames()) out << " -s " << name;
      if (takes_value(*option)) out << fish_values(values_of(*option), true);
      out << " -d " << quoted(option->get_description()) << '\n';
    }
  });
  return out.str();
}

// Prints one candidate per line. Errors are not reported: there is nothing to complete then.
Result<ExitCode> print_candidates(Invocation& invocation, LiveCandidates live) {
  std::vector<std::string> candidates;
  if (live == LiveCandidates::contexts) {
    const auto contexts = Contexts::load_or_empty(invocation.environment.config_directory());
    for (const auto& [name, values] : contexts.by_name) candidates.push_back(name);
  } else {
    invocation.settings.timeout = std::min(invocation.settings.timeout, live_timeout);
    auto client = NodeClient::open(invocation);
    const auto found =
        client ? client->get("/sagas?limit=" + std::to_string(candidate_ids_max)) : Result<Json>(client.error());
    if (found)
      for (const Json& saga : json_member(*found, "sagas")) candidates.push_back(text_member(saga, "id"));
  }
  for (const std::string& each : candidates) invocation.terminal.out << each << '\n';
  return ExitCode::done;
}

}  // namespace

void add_completion(CLI::App& root, Commands& commands) {
  const auto shell = std::make_shared<Shell>(Shell::bash);
  CLI::App* app = add_command(
      root, "completion", "Print a shell script that completes commands, flags, files, contexts and ids", setup_group);
  add_choice(*app, "shell", *shell, "The shell").required();
  set_footer(*app,
             "Load it with `source <(sagactl completion bash)`, `source <(sagactl completion zsh)` or\n"
             "`sagactl completion fish | source`.");
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

  // Called by the scripts, and hidden from the help.
  const auto live = std::make_shared<LiveCandidates>(LiveCandidates::ids);
  CLI::App* complete = add_command(root, "complete", "Candidates for a completion script", "");
  add_choice(*complete, "what", *live, "Kind of candidates").required();
  commands.work_without_settings(complete, true);
  commands.add(complete, [live](Invocation& invocation) { return print_candidates(invocation, *live); });
}

}  // namespace sagactl
