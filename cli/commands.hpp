// The tree of commands, and what each of them does.
#pragma once

#include <functional>
#include <map>
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
  // Further environment variables that give the flag its value, after SAGACTL_<COMMAND>_<FLAG>.
  void also_from(const Flag& flag, std::vector<std::string> variables) {
    variables_[flag.option()] = std::move(variables);
  }

  // Whatever is wrong with a context, a file or the environment, the command does what it is asked: it needs none of
  // them, or is there to mend them. It says what is wrong, unless `quietly`.
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
  std::map<const CLI::App*, bool> without_settings_;
};

// Adds every command of sagactl to `root`.
void add_all_commands(CLI::App& root, Commands& commands);

}  // namespace sagactl
