#include "cli/results/result_origin.hpp"

#include "cli/version.hpp"

namespace sagactl {

ResultOrigin result_origin(const Invocation& invocation) {
  ResultOrigin origin;
  origin.command = invocation.command;
  origin.version = version_text();
  origin.machine = this_machine();
  return origin;
}

ExitCode exit_code_of(RunEnd end) {
  switch (end) {
    case RunEnd::passed:
      return ExitCode::done;
    case RunEnd::violated:
      return ExitCode::refused;
    case RunEnd::undecided:
      return ExitCode::unknown;
    case RunEnd::threshold_missed:
      return ExitCode::threshold_missed;
  }
  crash("an end of a run that the table of exit codes does not know");
}

}  // namespace sagactl
