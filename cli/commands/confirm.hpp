// Confirmation before a command changes many things at once.
#pragma once

#include <functional>
#include <string>

#include "cli/invocation.hpp"

namespace CLI {
class App;
}

namespace sagactl {

struct ConfirmFlags {
  bool yes = false, dry_run = false;
};

// Adds --yes and --dry-run.
void add_confirm_flags(CLI::App& app, ConfirmFlags& flags);

// Shows a sample and asks whether to do `action`, such as "compensate 2 sagas". `details` are added to the error: what
// was selected, or "". With `yes` (the flag --yes) nobody is asked. Without it and without a terminal: `invalid`.
Result<bool> confirm(const Invocation& invocation, const std::string& action, const std::string& details, bool yes,
                     const std::function<void()>& show_sample);

}  // namespace sagactl
