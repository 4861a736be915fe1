// `sagactl saga lint`: finds every mistake in definitions of users' sagas, without a node.
#pragma once

#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "common/result.hpp"
#include "server/definitions/problem.hpp"

namespace sagactl {

struct Invocation;

// Adds the command to the group `saga`.
void add_saga_lint(CLI::App& group, Commands& commands);

// The text of a definition's file; "-" is standard input. `invalid` when it cannot be read. Reads no more than one byte
// beyond what a definition may have.
Result<std::string> read_definition_file(Invocation& invocation, const std::string& name);

// Prints what is wrong with a definition, each with its line. `text` is what was read from the file `name`.
void print_problems(const Invocation& invocation, const std::string& name, const std::string& text,
                    const std::vector<Problem>& problems);

}  // namespace sagactl
