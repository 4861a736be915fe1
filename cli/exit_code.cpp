#include "cli/exit_code.hpp"

#include "analysis/result/result.hpp"
#include "cli/client/saga_wait.hpp"
#include "common/result.hpp"
#include "server/saga/saga.hpp"

namespace sagactl {

ExitCode exit_code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid:
      return ExitCode::usage;
    case ErrorCode::unauthenticated:
      return ExitCode::refused;
    case ErrorCode::forbidden:
      return ExitCode::refused;
    case ErrorCode::not_found:
      return ExitCode::refused;
    case ErrorCode::conflict:
      return ExitCode::refused;
    case ErrorCode::too_large:
      return ExitCode::refused;
    case ErrorCode::busy:
      return ExitCode::refused;
    case ErrorCode::retry:
      return ExitCode::refused;
    case ErrorCode::unknown_outcome:
      return ExitCode::unknown;
    case ErrorCode::unavailable:
      return ExitCode::unreachable;
    case ErrorCode::bug:
      return ExitCode::refused;
  }
  crash("an error code without an exit code");
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
  crash("a result of a run without an exit code");
}

ExitCode exit_code_of_saga(std::string_view status) {
  if (!is_final_status(status)) return ExitCode::unknown;
  return status == to_string(SagaStatus::completed) ? ExitCode::done : ExitCode::refused;
}

}  // namespace sagactl
