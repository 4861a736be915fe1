// The commands of `sagactl saga` that have files of their own. Each adds its commands to the group.
#pragma once

#include <string>

#include "cli/commands.hpp"
#include "cli/invocation.hpp"
#include "common/text/json.hpp"

namespace sagactl {

void add_saga_publish(CLI::App& group, Commands& commands);   // publish, retire
void add_saga_start(CLI::App& group, Commands& commands);     // start
void add_saga_steps(CLI::App& group, Commands& commands);     // answer, skip, cancel
void add_saga_rehearse(CLI::App& group, Commands& commands);  // rehearse

// The input of a saga: JSON, "@FILE" or "-" for standard input. `invalid` says what is wrong with it.
Result<Json> read_saga_input(Invocation& invocation, const std::string& flag, const std::string& text);

// A node's answer that it has no such definition, with what to do; other errors as they are.
Error no_such_definition(Error error);

}  // namespace sagactl
