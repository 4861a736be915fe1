// Waiting until everything has come that a load test began.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>

#include "cli/loadtest/evidence.hpp"
#include "cli/invocation.hpp"
#include "cli/loadtest/order_status.hpp"
#include "cli/loadtest/progress.hpp"
#include "loadgen/ledger/ledger.hpp"

namespace sagactl {

enum class Drained {
  all_ended,
  not_in_time,
  cannot_tell,  // neither the database nor the nodes tell
  interrupted,
};

struct DrainEnd {
  Drained how = Drained::all_ended;
  std::string left = {};  // not in time: what was still to come
};

// What a drain looks at. All outlive it; `statuses` may be null.
struct DrainScene {
  const Invocation& invocation;
  const Evidence& evidence;
  const Profile& profile;
  const Ledger& ledger;
  OrderStatuses* statuses = nullptr;
};

// Our own systems: asks the nodes while they say that sagas are under way, then looks into the database where there is
// one, for the sagas of this run. Others: looks through the profile's query for orders, also for accepted orders and
// requests without an answer that are not there yet; without a database each order is asked for by itself. What fails
// is tried again until `until`.
DrainEnd wait_until_drained(const DrainScene& scene, std::chrono::steady_clock::time_point until,
                            const std::stop_token& stop, ProgressDisplay& progress);

// Whether what was found may be otherwise a little later: something is still to come, or a payment, a compensation or
// an answer may not have been written yet.
bool may_yet_change(const Examined& examined, const Profile& profile);

// Sleeps, at most until `until`; false when it was interrupted.
bool pause_until(const std::stop_token& stop, std::chrono::steady_clock::time_point until);

}  // namespace sagactl
