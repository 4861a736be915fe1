// A synthetic load test: a ledger and figures like those of the load generator, and the world that its requests would
// have created. Deterministic for the same options.
#pragma once

#include "loadgen/run.hpp"
#include "tests/analysis/world.hpp"

namespace sagactl {

struct SampleOptions {
  std::uint32_t groups = 3;      // of concurrent orders of the same product
  std::uint32_t duplicates = 3;  // orders in each of them
  std::uint32_t singles = 5;
  std::uint32_t failures = 2;  // whose payment fails
  std::uint64_t seed = 7;
};

struct SampleRun {
  World world;
  RunResult load;

  LedgerEntry& entry(OrderKind kind, RequestOutcome outcome);  // the first such
  FlowHistory& flow_of(const LedgerEntry& entry);
};

SampleRun sample_run(const SampleOptions& options = {});

}  // namespace sagactl
