#include "cli/commands.hpp"

#include "cli/import/import_command.hpp"

namespace sagactl {

// In the order of the help.
void add_all_commands(CLI::App& root, Commands& commands) {
  add_serve(root, commands);
  add_open(root, commands);
  add_top(root, commands);
  add_topics(root, commands);
  add_order(root, commands);
  add_trace(root, commands);
  add_saga(root, commands);
  add_retry_and_compensate(root, commands);
  add_lock_status(root, commands);
  add_audit(root, commands);
  add_user(root, commands);
  add_dead_letter(root, commands);
  add_events(root, commands);
  add_loadtest(root, commands);
  add_analyze(root, commands);
  add_verify(root, commands);
  add_doctor(root, commands);
  add_migrate(root, commands);
  add_import(root, commands);
  add_login_and_logout(root, commands);
  add_context(root, commands);
  add_completion(root, commands);
  add_version(root, commands);
  add_help(root, commands);
  add_man(root, commands);
}

}  // namespace sagactl
