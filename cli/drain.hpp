// Waiting until every order of a load test has ended.
#pragma once

#include <stop_token>

#include "cli/evidence.hpp"
#include "cli/invocation.hpp"
#include "cli/progress.hpp"
#include "loadgen/ledger.hpp"

namespace sagactl {

enum class Drained {
  all_ended,
  not_in_time,
  cannot_tell,  // neither the database nor the nodes tell
  interrupted,
};

// Our own systems: asks the nodes while they say that sagas are under way, then looks into the database where
// there is one. Others: by the profile's query for orders where there is a database, else each order by
// itself.
Drained wait_until_drained(const Invocation& invocation, const Evidence& evidence, const Profile& profile,
                           const Ledger& ledger, Duration limit, const std::stop_token& stop,
                           ProgressLine& progress);

}  // namespace sagactl
