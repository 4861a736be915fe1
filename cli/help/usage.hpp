// Help texts, and what is said to somebody who mistyped a command or a flag.
#pragma once

#include <string>

#include "common/error.hpp"

namespace CLI {
class App;
}

namespace sagactl {

// How the tree of commands behaves and how its help looks. Before any command is added.
void prepare_usage(CLI::App& root);

// The usage error for a command line that was refused with `message` while `at` was its deepest command:
// names what is wrong and what was probably meant.
Error usage_error(const CLI::App& root, const CLI::App& at, const std::string& message);

// What is said of a word that is no command below `at`, with what was probably meant.
std::string unknown_command(const CLI::App& at, const std::string& word);

// "sagactl order create"
std::string command_path(const CLI::App& app);

}  // namespace sagactl
