// The subcommands of sagactl, and the function that runs each of them.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "cli/exit_code.hpp"
#include "cli/flag.hpp"
#include "common/result.hpp"

namespace sagactl {

struct Invocation;

class Commands {
 public:
  using Run = std::function<Result<ExitCode>(Invocation&)>;

  void add(const CLI::App* app, Run run) { runs_[app] = std::move(run); }
  // More environment variables that set the flag, read after SAGACTL_<COMMAND>_<FLAG>.
  void add_variables(const Flag& flag, std::vector<std::string> variables) {
    variables_[flag.option()] = std::move(variables);
  }

  // The flag means the same for every command that has it: a file, a context or a variable (SAGACTL_<FLAG>) may set it
  // for all of them, by its name alone.
  void share(const Flag& flag) { shared_.insert(flag.option()); }
  bool is_shared(const CLI::Option* option) const { return shared_.contains(option); }

  // The command runs even when a context, a configuration file or the environment is wrong: it needs none of them, or
  // is there to fix them. What is wrong is printed as a warning, unless `quietly`.
  void work_without_settings(const CLI::App* app, bool quietly = false) { without_settings_[app] = quietly; }
  bool works_without_settings(const CLI::App* app) const { return without_settings_.contains(app); }
  bool works_quietly(const CLI::App* app) const {
    const auto found = without_settings_.find(app);
    return found != without_settings_.end() && found->second;
  }

  const Run* run_of(const CLI::App* app) const {
    const auto found = runs_.find(app);
    return found == runs_.end() ? nullptr : &found->second;
  }
  std::vector<std::string> variables_of(const CLI::Option* option) const {
    const auto found = variables_.find(option);
    return found == variables_.end() ? std::vector<std::string>{} : found->second;
  }

 private:
  std::map<const CLI::App*, Run> runs_;
  std::map<const CLI::Option*, std::vector<std::string>> variables_;
  std::set<const CLI::Option*> shared_;
  std::map<const CLI::App*, bool> without_settings_;
};

// The headings in the help under which the commands are listed.
inline constexpr const char* server_group = "Running a server";
inline constexpr const char* operations_group = "Orders, sagas and operations";
inline constexpr const char* testing_group = "Testing";
inline constexpr const char* setup_group = "Setup and help";

// Adds every command to `root`.
void add_all_commands(CLI::App& root, Commands& commands);

// Each is defined in cli/commands/NAME.cpp, or in the folder called NAME, or in cli/help or cli/messages.
void add_analyze(CLI::App& root, Commands& commands);
void add_audit(CLI::App& root, Commands& commands);
void add_completion(CLI::App& root, Commands& commands);
void add_context(CLI::App& root, Commands& commands);
void add_dead_letter(CLI::App& root, Commands& commands);
void add_doctor(CLI::App& root, Commands& commands);
void add_events(CLI::App& root, Commands& commands);
void add_help(CLI::App& root, Commands& commands);
void add_loadtest(CLI::App& root, Commands& commands);
void add_lock_status(CLI::App& root, Commands& commands);
void add_login_and_logout(CLI::App& root, Commands& commands);
void add_man(CLI::App& root, Commands& commands);
void add_migrate(CLI::App& root, Commands& commands);
void add_open(CLI::App& root, Commands& commands);
void add_order(CLI::App& root, Commands& commands);
void add_retry_and_compensate(CLI::App& root, Commands& commands);
void add_saga(CLI::App& root, Commands& commands);
void add_serve(CLI::App& root, Commands& commands);
void add_top(CLI::App& root, Commands& commands);
void add_topics(CLI::App& root, Commands& commands);
void add_trace(CLI::App& root, Commands& commands);
void add_user(CLI::App& root, Commands& commands);
void add_verify(CLI::App& root, Commands& commands);
void add_version(CLI::App& root, Commands& commands);

}  // namespace sagactl
