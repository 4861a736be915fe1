// `sagactl man`: the manual page, made of the same tree of commands as the help.
#include <CLI/CLI.hpp>
#include <ostream>
#include <sstream>

#include "cli/commands.hpp"
#include "cli/flag.hpp"
#include "cli/invocation.hpp"
#include "cli/help/usage.hpp"
#include "cli/version.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

// As text in roff: no hyphens that are dashes, no line that begins as a request.
std::string roff(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
      continue;
    }
    if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) out += "\\&";
    if (c == '-') out += '\\';
    out += c;
  }
  return out;
}

std::string flag_names(const CLI::Option& option) {
  std::string names;
  for (const std::string& name : option.get_snames()) names += (names.empty() ? "-" : ", -") + name;
  for (const std::string& name : option.get_lnames()) names += (names.empty() ? "--" : ", --") + name;
  return names;
}

void write_flags(std::ostream& out, const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    if (option == app.get_help_ptr() && app.get_parent()) continue;
    const std::string type = roff(option->get_type_name());
    out << ".TP\n";
    if (option->get_positional())
      out << "\\fI" << type << "\\fR\n";
    else
      out << "\\fB" << roff(flag_names(*option)) << "\\fR" << (type.empty() ? "" : " \\fI" + type + "\\fR") << '\n';
    out << roff(option->get_description()) << '\n';
  }
}

void write_command(std::ostream& out, const CLI::App& app) {
  if (app.get_group().empty() && app.get_parent()) return;  // not shown
  const auto below = app.get_subcommands({});
  if (below.empty()) {
    out << ".SS \"" << roff(command_path(app)) << "\"\n" << roff(app.get_description()) << ".\n";
    write_flags(out, app);
    if (!app.get_footer().empty()) out << ".PP\n" << roff(app.get_footer()) << '\n';
  }
  for (const CLI::App* sub : below) write_command(out, *sub);
}

constexpr std::string_view surroundings =
    R"(.SH ENVIRONMENT
Every flag can be given as a variable: SAGACTL_URL for \-\-url, SAGACTL_SERVE_PORT for \-\-port of serve, and so on.
A flag goes before the variable, that before ./sagactl.toml, and that before ~/.config/sagactl/config.toml; the context
in use stands before the last.
.TP
\fBPORT\fR, \fBNODE_ID\fR, \fBNODE_ENV\fR, \fBJWT_SECRET\fR, \fBJWT_REFRESH_SECRET\fR, \fBJWT_EXPIRES_IN\fR, \fBJWT_REFRESH_EXPIRES_IN\fR
Of serve.
.TP
\fBDATABASE_HOST\fR, \fBDATABASE_PORT\fR, \fBDATABASE_NAME\fR, \fBDATABASE_USER\fR, \fBDATABASE_USERNAME\fR, \fBDATABASE_PASSWORD\fR
The database, where there is no \-\-database.
.TP
\fBREDIS_HOST\fR, \fBREDIS_PORT\fR, \fBREDIS_PASSWORD\fR, \fBREDIS_DB\fR
The Redis of the locks, where there is no \-\-redis.
.TP
\fBKAFKA_BROKER\fR, \fBKAFKA_BROKERS\fR, \fBKAFKA_CLIENT_ID\fR
The brokers, where there is no \-\-kafka.
.TP
\fBNO_COLOR\fR, \fBTERM\fR, \fBCOLUMNS\fR
No colours; a dumb terminal is never written over; the width of tables where the output is no terminal.
.SH FILES
.TP
\fI./sagactl.toml\fR, \fI~/.config/sagactl/config.toml\fR
Flags, by name; those of a command in a table that is called like it.
.TP
\fI~/.config/sagactl/contexts.json\fR
What \fBsagactl context\fR keeps.
.TP
\fI~/.config/sagactl/credentials.json\fR
What \fBsagactl login\fR keeps.
.TP
\fI./sagactl\-data\fR
The data of nodes: database, secrets, the operator's credential.
.SH "EXIT STATUS"
.TP
0
Done, or every verdict is PASS.
.TP
1
Refused, failed, or an invariant is violated (FAIL).
.TP
2
It could not be decided (UNKNOWN).
.TP
3
Everything is right, but a threshold was missed.
.TP
4
The command line, the environment or a file is wrong.
.TP
5
Nothing answers there.
.TP
6
Done, but the output, or a file that was asked for, could not be written.
.TP
130
Interrupted.
.TP
141
Done, but whoever read the output had gone.
)";

std::string manual_page(const CLI::App& root) {
  std::ostringstream out;
  out << ".TH SAGACTL 1 \"\" \"" << roff("sagactl " + version_text()) << "\" \"User Commands\"\n"
      << ".SH NAME\nsagactl \\- " << roff(lower(root.get_description().substr(0, 1)) + root.get_description().substr(1))
      << "\n.SH SYNOPSIS\n.B sagactl\n\\fICOMMAND\\fR [\\fIFLAGS\\fR]\n.SH COMMANDS\n";
  for (const CLI::App* sub : root.get_subcommands({})) write_command(out, *sub);
  out << ".SH \"FLAGS FOR EVERY COMMAND\"\n";
  write_flags(out, root);
  out << surroundings;
  return out.str();
}

}  // namespace

void add_man(CLI::App& root, Commands& commands) {
  CLI::App* app =
      add_command(root, "man", "Print the manual page: `sagactl man | man -l -`", "Setting up");
  commands.add(app, [&root](Invocation& invocation) -> Result<ExitCode> {
    invocation.terminal.out << manual_page(root);
    return ExitCode::done;
  });
  commands.work_without_settings(app);
}

}  // namespace sagactl
