// The flags of `loadtest`, from the command line or a scenario file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/result/threshold.hpp"
#include "analysis/run_verdicts.hpp"
#include "cli/dependencies/kafka.hpp"
#include "cli/invocation.hpp"
#include "cli/livemetrics/live_metrics.hpp"
#include "cli/loadtest/agents/agents_flags.hpp"
#include "cli/results/baseline.hpp"
#include "cli/results/report_files.hpp"
#include "loadgen/options.hpp"

namespace CLI {
class App;
}

namespace sagactl {

struct LoadtestFlags {
  LoadOptions load;
  AgentsFlags agents;
  KafkaFlags kafka;          // of a profile whose journeys send or read messages
  std::string scenario;      // its name, or a scenario file
  std::string system;        // a built-in profile; empty: order
  std::string profile_file;  // instead of `system`
  std::string saga;          // a published definition, instead of `system`, with the files of its input
  std::string input_file, fail_input_file;
  std::string scenario_file;
  bool capacity = false;
  bool dry_run = false;
  Duration drain = 60s;
  double missing_max = missing_max_default;
  std::vector<Threshold> thresholds;
  Baseline baseline;
  ReportFiles files;
  LoadTags tags;
  std::string metrics_listen;  // "PORT" or "HOST:PORT"; empty: does not listen
  std::vector<std::string> metrics_targets;
  std::vector<std::string> table_databases;  // "payments=mysql://..."
};

void add_loadtest_flags(CLI::App& app, Commands& commands, LoadtestFlags& flags);

// The options of a run: the flags, completed with the scenario, the profile, the targets and the global settings.
// `invalid` for flags that cannot be combined.
Result<LoadOptions> load_options(const Invocation& invocation, const LoadtestFlags& flags);

}  // namespace sagactl
