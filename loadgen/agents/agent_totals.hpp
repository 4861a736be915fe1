// Figures of all agents of a run as one.
#pragma once

#include "loadgen/ledger/entry_log.hpp"
#include "loadgen/run.hpp"

namespace sagactl {

void add_health(GeneratorHealth& all, const GeneratorHealth& part);

// All but the counts by target: each agent has an order of its own.
void add_counts(EntryCounts& all, const EntryCounts& part);

}  // namespace sagactl
