// A password for a command: from a flag, from a file, typed without echo, or from standard input.
#pragma once

#include <string>
#include <string_view>

#include "cli/invocation.hpp"

namespace CLI {
class App;
}

namespace sagactl {

struct PasswordFlags {
  std::string text, file;
};

// Adds --password and --password-file.
void add_password_flags(CLI::App& app, PasswordFlags& flags);

// Prompts for it when no flag gives it. `invalid` when there is none: the input is empty.
Result<std::string> read_password(const Invocation& invocation, const PasswordFlags& flags);

// `invalid` for a text that cannot be an e-mail address; a node checks the rest of its spelling.
Result<void> check_email(std::string_view email);

}  // namespace sagactl
