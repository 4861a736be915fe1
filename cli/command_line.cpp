#include "cli/command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ostream>

#include "cli/client/connecting.hpp"
#include "cli/commands.hpp"
#include "cli/configuration/flag_sources.hpp"
#include "cli/configuration/paths.hpp"
#include "cli/configuration/private_file.hpp"
#include "cli/help/fitted_help.hpp"
#include "cli/help/usage.hpp"
#include "cli/invocation.hpp"
#include "cli/version.hpp"
#include "common/log.hpp"
#include "common/text/json_object.hpp"
#include "common/text/secret_text.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr const char* description = "Run sagas, operate them, and load-test them with verdicts read from the database.";

CLI::App* deepest(CLI::App& root) {
  CLI::App* app = &root;
  while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
  return app;
}

// The format for errors when the command line could not be parsed: the one that it appears to ask for.
OutputFormat likely_format(const std::vector<std::string>& arguments, const Environment& environment) {
  std::string word = environment.get("SAGACTL_OUTPUT").value_or("");
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if ((argument == "-o" || argument == "--output") && i + 1 < arguments.size()) word = arguments[i + 1];
    if (argument.starts_with("--output=")) word = argument.substr(9);
    if (argument.starts_with("-o") && argument.size() > 2) word = argument.substr(argument[2] == '=' ? 3 : 2);
  }
  return from_string<OutputFormat>(word).value_or(OutputFormat::table);
}

// The command line as it was typed but without secrets, for reports.
std::string typed(const std::vector<std::string>& arguments) {
  std::string line = "sagactl";
  for (const std::string& argument : without_secrets(arguments)) line += " " + argument;
  return line;
}

// --token-file sets --token without showing it in the process list.
Result<void> read_token(GlobalSettings& settings, const Environment& environment) {
  if (settings.token_file.empty() || !settings.token.empty()) return {};
  auto token = read_secret_file(environment.resolve(settings.token_file), "--token-file");
  if (!token) return token.error();
  settings.token = std::move(*token);
  return {};
}

// Names and texts are sent and stored as UTF-8: other bytes would be changed on the way.
Result<void> check_utf8(const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) {
    if (!is_utf8(argument)) return Error{ErrorCode::invalid, fmt::format("'{}' is not UTF-8", json_escaped(argument))};
  }
  return {};
}

void configure_terminal(Terminal& terminal, const Environment& environment, const GlobalSettings& settings) {
  const bool dumb = environment.get("TERM") == "dumb";
  terminal.colour = terminal.out_is_tty && !settings.no_color && !environment.get("NO_COLOR") && !dumb;
  terminal.can_redraw = !dumb;
  terminal.wide = settings.wide;
  const auto columns = parse_whole_number(environment.get("COLUMNS").value_or(""), 1, 100'000);
  if (columns) terminal.width = static_cast<int>(*columns);
}

void choose_log_level(const GlobalSettings& settings) {
  set_log_level(settings.verbose ? LogLevel::debug : settings.quiet ? LogLevel::error : LogLevel::info);
}

// Output that could not be written must not look like success: the exit code says so, unless it already reports an
// error.
int exit_code_after_output(const Terminal& terminal, int code) {
  terminal.out << std::flush;
  const int failure = terminal.finish_out ? terminal.finish_out() : terminal.out ? 0 : EIO;
  if (failure == 0) return code;
  const bool pipe_closed = failure == EPIPE;  // as with `| head`: not worth a message
  if (!pipe_closed)
    terminal.err << "sagactl: cannot write the output: " << std::strerror(failure) << '\n' << std::flush;
  if (code != static_cast<int>(ExitCode::done)) return code;
  return static_cast<int>(pipe_closed ? ExitCode::broken_pipe : ExitCode::output_failed);
}

int run(const std::vector<std::string>& arguments, Terminal& terminal, const Environment& environment,
        Interrupt& interrupt) {
  const auto ended = [](ExitCode code) { return static_cast<int>(code); };
  CLI::App root(description, "sagactl");
  GlobalSettings settings;
  Commands commands;
  prepare_usage(root);
  add_settings(root, settings);
  add_all_commands(root, commands);

  if (arguments.empty()) {
    terminal.out << fitted_help(root.help(), terminal.table_width()) << std::flush;
    return ended(ExitCode::done);
  }
  if (const auto readable = check_utf8(arguments); !readable)
    return ended(report(terminal, likely_format(arguments, environment), readable.error()));
  try {
    root.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    terminal.out << fitted_help(deepest(root)->help(), terminal.table_width()) << std::flush;
    return ended(ExitCode::done);
  } catch (const CLI::CallForVersion&) {
    terminal.out << full_version_text() << '\n';
    return ended(ExitCode::done);
  } catch (const CLI::ParseError& error) {
    return ended(report(terminal, likely_format(arguments, environment), usage_error(root, *deepest(root), error)));
  }

  auto filled = fill_flags(root, commands, environment);
  if (!filled) return ended(report(terminal, likely_format(arguments, environment), filled.error()));
  settings.sources = std::move(filled->sources);
  settings.url_was_given = root.count("--url") > 0;
  if (const auto there = check_paths(root, environment); !there)
    return ended(report(terminal, likely_format(arguments, environment), there.error()));
  if (const auto read = read_token(settings, environment); !read && !commands.works_without_settings(deepest(root)))
    return ended(report(terminal, settings.format, read.error()));
  configure_terminal(terminal, environment, settings);
  choose_log_level(settings);

  const OutputFormat format = settings.format;
  Invocation invocation{terminal,        environment, interrupt, std::move(settings), Paint(terminal.colour),
                        typed(arguments)};
  if (!commands.works_quietly(deepest(root))) {
    for (const std::string& warning : filled->warnings) invocation.info("sagactl: " + warning);
    warn_of_insecure(invocation);
  }
  const Commands::Run* run = commands.run_of(deepest(root));
  if (!run) crash("a command without a function to run it");
  const Result<ExitCode> code = (*run)(invocation);
  return ended(code ? *code : report(terminal, format, code.error()));
}

}  // namespace

int run_command_line(const std::vector<std::string>& arguments, Terminal& terminal, const Environment& environment,
                     Interrupt& interrupt) {
  return exit_code_after_output(terminal, run(arguments, terminal, environment, interrupt));
}

}  // namespace sagactl
