#include "cli/exit_code.hpp"

#include "common/result.hpp"

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
  crash("an error code that the table of exit codes does not know");
}

}  // namespace sagactl
