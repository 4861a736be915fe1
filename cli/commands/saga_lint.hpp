// `sagactl saga lint`: finds every mistake in definitions of users' sagas, without a node.
#pragma once

#include <string>

#include "cli/commands.hpp"
#include "common/result.hpp"

namespace sagactl {

struct Invocation;

// Adds the command to the group `saga`.
void add_saga_lint(CLI::App& group, Commands& commands);

// The text of a definition's file; "-" is standard input. `invalid` when it cannot be read. Reads no more than one byte
// beyond what a definition may have.
Result<std::string> read_definition_file(Invocation& invocation, const std::string& name);

}  // namespace sagactl
