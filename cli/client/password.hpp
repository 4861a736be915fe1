// A password for a command: given, in a file, typed without being shown, or piped in.
#pragma once

#include <string>

#include "cli/invocation.hpp"

namespace CLI {
class App;
}

namespace sagactl {

struct PasswordFlags {
  std::string text, file;
};

// --password and --password-file.
void add_password_flags(CLI::App& app, PasswordFlags& flags);

// Asks for it when no flag gives it; empty when nothing comes.
Result<std::string> password_of(const Invocation& invocation, const PasswordFlags& flags);

}  // namespace sagactl
