// The origin that a result records: command line, version and machine.
#pragma once

#include "analysis/result/result.hpp"
#include "cli/invocation.hpp"

namespace sagactl {

ResultOrigin result_origin(const Invocation& invocation);

}  // namespace sagactl
