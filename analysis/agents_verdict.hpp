// The verdict about the machines that sent a load test together.
#pragma once

#include <optional>

#include "analysis/verdict.hpp"
#include "loadgen/run.hpp"

namespace sagactl {

// "every-agent-finished": UNKNOWN when an agent was lost, since its part of the load was not sent, or is not known.
// Nothing for a load that one process sent.
std::optional<Verdict> every_agent_finished(const RunResult& load);

}  // namespace sagactl
