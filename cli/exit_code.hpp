// How `sagactl` ends: the same codes for every command, so that scripts can tell what happened.
#pragma once

#include "common/error.hpp"

namespace sagactl {

// Persisted by number in people's scripts: never renumber.
enum class ExitCode : int {
  done = 0,              // done, or every verdict is PASS
  refused = 1,           // refused, failed, or an invariant is violated
  unknown = 2,           // it could not be decided
  threshold_missed = 3,  // everything is right, but slower than asked for
  usage = 4,             // the command line, the environment or a configuration file is wrong
  unreachable = 5,         // nothing answers there
  output_failed = 6,       // done, but the output, or a file that was asked for, could not be written
  interrupted = 130,     // by Ctrl-C
  broken_pipe = 141,    // done, but whoever read the output has gone: what SIGPIPE makes of any program
};

ExitCode exit_code_of(ErrorCode code);

}  // namespace sagactl
