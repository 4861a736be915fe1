// What an agent that was lost, with its ledger, may have sent. Its share follows from the plan, so that each of these
// requests is known by its number: their orders are found in the database, and are not attributed to anybody else.
#pragma once

#include <functional>
#include <vector>

#include "loadgen/running/run_part.hpp"
#include "loadgen/sending/journey_plan.hpp"

namespace sagactl {

struct LostShare {
  LoadShare share;
  std::uint16_t agent = 0;
  std::uint32_t users = 1;
  std::size_t targets = 1;
  std::int64_t epoch_offset_ns = 0;  // of the leader
  std::int64_t sent_until_ns = 0;    // by the leader's steady_ns(): the agent has sent nothing after it
  // A closed loop that is limited by time has no plan: no operation from here on was sent.
  std::uint64_t operations_max = UINT64_MAX;
};

// Calls `take` for each request of the share that creates an order in this phase, as far as it may have been sent: an
// indeterminate entry with `agent_lost`. In the order of their operations. `options.rate` is set, also for stages.
void each_lost_request(const LostShare& lost, const LoadOptions& options, const LoadPhase& phase, std::size_t number,
                       const PhaseStart& start, const JourneyPlan& plan,
                       const std::function<void(const LedgerEntry&)>& take);

}  // namespace sagactl
