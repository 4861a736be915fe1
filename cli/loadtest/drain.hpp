// Waits until everything that a load test started has ended.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>

#include "cli/invocation.hpp"
#include "cli/loadtest/evidence.hpp"
#include "cli/loadtest/progress.hpp"
#include "loadgen/ledger/ledger.hpp"

namespace sagactl {

enum class Drained {
  all_ended,
  not_in_time,
  unknown,  // neither the database nor the nodes can tell
  interrupted,
};

struct DrainEnd {
  Drained result = Drained::all_ended;
  std::string remaining = {};  // what had not ended
};

// The referenced objects outlive the drain.
struct DrainContext {
  const Invocation& invocation;
  const Evidence& evidence;
  const Profile& profile;
  const Ledger& ledger;
  ServerEvidence server = {};
};

// Built-in systems: polls the nodes while they report active sagas, then counts the sagas of this run in the database
// if there is one. Other systems: runs the profile's query for orders and waits also for accepted orders and unanswered
// requests that are not in the database yet; without a database, asks for the status of each order. Errors are retried
// until `until`.
DrainEnd wait_until_drained(const DrainContext& context, std::chrono::steady_clock::time_point until,
                            const std::stop_token& stop, ProgressDisplay& progress);

// Whether a later examination may give another result: something has not ended, or a payment, a compensation or an
// answer may not have been written yet.
bool may_yet_change(const ExaminedRun& examined, const Profile& profile);

// The verdicts of another system where nobody waited for what it still does: what a later row may put right is no fault
// yet.
void leave_undecided_what_may_change(ExaminedRun& examined);

// Sleeps until `until`; false when `stop` was requested.
bool pause_until(const std::stop_token& stop, std::chrono::steady_clock::time_point until);

}  // namespace sagactl
