#include "cli/commands/confirm.hpp"

#include <istream>
#include <ostream>

#include "cli/flag.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

// "question [y/N] ": only y and yes mean yes.
bool ask_yes_or_no(const Terminal& terminal, const std::string& question) {
  terminal.err << question << " [y/N] " << std::flush;
  std::string line;
  if (!std::getline(terminal.in, line)) return false;
  const std::string answer = lower(trim(line));
  return answer == "y" || answer == "yes";
}

}  // namespace

void add_confirm_flags(CLI::App& app, ConfirmFlags& flags) {
  add_switch(app, "-y,--yes", flags.yes, "Do not ask for confirmation");
  add_switch(app, "--dry-run", flags.dry_run, "Show what would be done without doing it");
}

Result<bool> confirm(const Invocation& invocation, const std::string& action, const std::string& details, bool yes,
                     const std::function<void()>& show_sample) {
  const Terminal& terminal = invocation.terminal;
  if (!yes && !(terminal.in_is_tty && terminal.err_is_tty))
    return Error{ErrorCode::invalid, "cannot ask whether to " + action + (details.empty() ? "" : " (" + details + ")") +
                                         " without a terminal; pass --yes, or --dry-run to list them"};
  if (!yes || !invocation.settings.quiet) show_sample();
  return yes || ask_yes_or_no(terminal, action + "?");
}

}  // namespace sagactl
