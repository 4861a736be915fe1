// How a result came to be, and how a command ends with it.
#pragma once

#include "analysis/result/result.hpp"
#include "cli/invocation.hpp"

namespace sagactl {

ResultOrigin result_origin(const Invocation& invocation);

ExitCode exit_code_of(RunEnd end);

}  // namespace sagactl
