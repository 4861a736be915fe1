#include "cli/commands.hpp"

#include <CLI/CLI.hpp>

#include "cli/completion.hpp"
#include "cli/context.hpp"
#include "cli/version.hpp"

namespace sagactl {

void add_all_commands(CLI::App& root, Commands& commands) {
  add_context(root, commands);
  add_completion(root, commands);
  add_version(root, commands);
}

}  // namespace sagactl
