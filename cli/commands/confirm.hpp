// Asking before something is done to many things at once.
#pragma once

#include <string>

#include "cli/output/terminal.hpp"

namespace sagactl {

// Is there somebody to ask?
bool can_ask(const Terminal& terminal);

// "question [y/N] ": only y and yes are yes.
bool ask_yes_or_no(const Terminal& terminal, const std::string& question);

}  // namespace sagactl
