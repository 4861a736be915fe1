// The exit codes of sagactl: the same for every command, so that scripts can tell what happened.
#pragma once

#include <string_view>

#include "common/error.hpp"

namespace sagactl {

enum class RunEnd;  // analysis/result/result.hpp

// Scripts depend on the numbers: never renumber.
enum class ExitCode : int {
  done = 0,              // done, or every verdict is PASS
  refused = 1,           // refused, failed, or an invariant is violated (FAIL)
  unknown = 2,           // not decided (UNKNOWN)
  threshold_missed = 3,  // every verdict is PASS, but a threshold was missed
  usage = 4,             // the command line, the environment or a configuration file is wrong
  unreachable = 5,       // no connection to the node, the database or another server
  output_failed = 6,     // done, but standard output or a requested file could not be written
  interrupted = 130,     // by Ctrl-C
  broken_pipe = 141,     // done, but the reader of standard output is gone: the code of a program ended by SIGPIPE
};

ExitCode exit_code_of(ErrorCode code);

// Of loadtest, analyze and verify, from their verdicts and thresholds.
ExitCode exit_code_of(RunEnd end);

// Of a command that waited for a saga with this status.
ExitCode exit_code_of_saga(std::string_view status);

}  // namespace sagactl
