// The requests of a run by the agent that sent them, from its ledger alone.
#pragma once

#include <vector>

#include "loadgen/run.hpp"

namespace sagactl {

struct AgentFigures {
  RequestCounts requests;
  Histogram response;  // as in RunResult
};

// Of the measured requests, one for each of Ledger::agents.
std::vector<AgentFigures> agent_figures_of(const Ledger& ledger);

// [{agent, host, requests, latency, lateness, skipped, cpuShare, clockDifferenceMs, clockUncertaintyMs, clockDriftMs,
// lost: null or {reason, afterMs, reported, unknown}}], one for each agent of the run.
Json agents_json(const RunResult& load);

}  // namespace sagactl
