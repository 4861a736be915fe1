// The layout of help texts, and errors for mistyped commands and flags.
#pragma once

#include <string>

#include "common/error.hpp"

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace sagactl {

// Configures the root command. Call it before any command is added.
void prepare_usage(CLI::App& root);

// The usage error for a command line that CLI11 rejected, where `at` is the innermost command that was parsed. Says
// what is missing and how it is written, or suggests what was probably meant.
Error usage_error(const CLI::App& root, const CLI::App& at, const CLI::ParseError& rejected);

// The message for a word that is not a subcommand of `at`, with a suggestion.
std::string unknown_command(const CLI::App& at, const std::string& word);

// "sagactl order create"
std::string command_path(const CLI::App& app);

}  // namespace sagactl
