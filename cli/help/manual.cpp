// `sagactl man`: the manual page, generated from the same tree of commands as the help.
#include <CLI/CLI.hpp>
#include <ostream>
#include <sstream>

#include "cli/commands.hpp"
#include "cli/flag.hpp"
#include "cli/help/usage.hpp"
#include "cli/invocation.hpp"
#include "cli/version.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

// Escapes text for roff: hyphens stay hyphens, and no line is taken for a request.
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
  if (app.get_group().empty() && app.get_parent()) return;  // hidden
  const auto below = app.get_subcommands({});
  if (below.empty() || app.get_require_subcommand_min() == 0) {
    out << ".SS \"" << roff(command_path(app)) << "\"\n" << roff(app.get_description()) << ".\n";
    write_flags(out, app);
    if (!app.get_footer().empty()) out << ".PP\n.nf\n" << roff(app.get_footer()) << "\n.fi\n";
  }
  for (const CLI::App* sub : below) write_command(out, *sub);
}

constexpr std::string_view fixed_sections =
    R"(.SH ENVIRONMENT
Every flag can be set by an environment variable: SAGACTL_URL sets \-\-url, SAGACTL_SERVE_PORT sets \-\-port of serve.
The command line overrides the environment, the environment overrides ./sagactl.toml, and ./sagactl.toml overrides
~/.config/sagactl/config.toml. A context is a named set of settings (see \fBsagactl context\fR): one named with \-\-context overrides both files, the
current context overrides only ~/.config/sagactl/config.toml.
.TP
\fBPORT\fR, \fBNODE_ID\fR, \fBNODE_ENV\fR, \fBJWT_SECRET\fR, \fBJWT_REFRESH_SECRET\fR, \fBJWT_EXPIRES_IN\fR, \fBJWT_REFRESH_EXPIRES_IN\fR
Settings of serve.
.TP
\fBDATABASE_HOST\fR, \fBDATABASE_PORT\fR, \fBDATABASE_NAME\fR, \fBDATABASE_USER\fR, \fBDATABASE_USERNAME\fR, \fBDATABASE_PASSWORD\fR
The database, without \-\-database.
.TP
\fBREDIS_HOST\fR, \fBREDIS_PORT\fR, \fBREDIS_PASSWORD\fR, \fBREDIS_DB\fR
The Redis for the locks, without \-\-redis.
.TP
\fBKAFKA_BROKER\fR, \fBKAFKA_BROKERS\fR, \fBKAFKA_CLIENT_ID\fR
The Kafka brokers, without \-\-kafka.
.TP
\fBNO_COLOR\fR, \fBTERM\fR, \fBCOLUMNS\fR
NO_COLOR disables colours, TERM=dumb disables colours and redrawing, COLUMNS is the width of a terminal whose size is
not known.
.SH FILES
.TP
\fI./sagactl.toml\fR, \fI~/.config/sagactl/config.toml\fR
Flags by name; the flags of a command are in a table with its name.
.TP
\fI~/.config/sagactl/contexts.json\fR
The contexts of \fBsagactl context\fR.
.TP
\fI~/.config/sagactl/credentials.json\fR
The tokens of \fBsagactl login\fR.
.TP
\fI./sagactl\-data\fR
The data of the nodes: database, secrets, operator token.
.SH "EXIT STATUS"
.TP
0
Done, or every verdict is PASS.
.TP
1
Refused, failed, or an invariant is violated (FAIL).
.TP
2
Not decided (UNKNOWN).
.TP
3
Every verdict is PASS, but a threshold was missed.
.TP
4
The command line, the environment or a configuration file is wrong.
.TP
5
No connection to the node, the database or another server.
.TP
6
Done, but standard output or a requested file could not be written.
.TP
130
Interrupted.
.TP
141
Done, but the reader of standard output was gone (broken pipe).
)";

std::string manual_page(const CLI::App& root) {
  std::ostringstream out;
  out << ".TH SAGACTL 1 \"\" \"" << roff("sagactl " + version_text()) << "\" \"User Commands\"\n"
      << ".SH NAME\nsagactl \\- " << roff(lower(root.get_description().substr(0, 1)) + root.get_description().substr(1))
      << "\n.SH SYNOPSIS\n.B sagactl\n\\fICOMMAND\\fR [\\fIFLAGS\\fR]\n.SH COMMANDS\n";
  for (const CLI::App* sub : root.get_subcommands({})) write_command(out, *sub);
  out << ".SH \"FLAGS FOR EVERY COMMAND\"\n";
  write_flags(out, root);
  out << fixed_sections;
  return out.str();
}

}  // namespace

void add_man(CLI::App& root, Commands& commands) {
  CLI::App* app = add_command(root, "man", "Print the manual page; read it with `sagactl man | man -l -`", setup_group);
  commands.add(app, [&root](Invocation& invocation) -> Result<ExitCode> {
    invocation.terminal.out << manual_page(root);
    return ExitCode::done;
  });
  commands.work_without_settings(app);
}

}  // namespace sagactl
