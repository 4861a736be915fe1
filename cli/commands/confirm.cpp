#include "cli/commands/confirm.hpp"

#include <istream>
#include <ostream>

#include "common/text/text.hpp"

namespace sagactl {

bool can_ask(const Terminal& terminal) {
  return terminal.in_is_tty && terminal.err_is_tty;
}

bool ask_yes_or_no(const Terminal& terminal, const std::string& question) {
  terminal.err << question << " [y/N] " << std::flush;
  std::string line;
  if (!std::getline(terminal.in, line)) return false;
  const std::string answer = lower(trim(line));
  return answer == "y" || answer == "yes";
}

}  // namespace sagactl
