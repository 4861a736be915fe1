// Figures of all agents of a run as one.
#pragma once

#include <string>
#include <vector>

#include "loadgen/faults/fault_mark.hpp"
#include "loadgen/faults/fault_plan.hpp"
#include "loadgen/ledger/entry_log.hpp"
#include "loadgen/run.hpp"

namespace sagactl {

void add_health(GeneratorHealth& all, const GeneratorHealth& part);

// All but the counts by target: each agent has an order of its own.
void add_counts(EntryCounts& all, const EntryCounts& part);

// What the proxy of one agent did; nothing of one that was lost.
struct ProxyOfAgent {
  std::string agent;
  std::vector<FaultMark> faults;
};

// Adds the mark of each of these faults: what all agents did.
void add_proxy_faults(std::vector<FaultMark>& all, const std::vector<ProxyOfAgent>& proxies,
                      const std::vector<ProxyFault>& faults);

}  // namespace sagactl
