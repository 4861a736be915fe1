// Is Toss Payments there, and does it take our secret key? For `sagactl doctor`.
#pragma once

#include "common/result.hpp"
#include "common/time.hpp"
#include "server/adapters/toss/toss_options.hpp"

namespace sagactl {

struct TossDiagnosis {
  Duration took{};  // connecting and one question
};

// Asks for a payment that nobody has made. `unavailable` when nothing answers; `unauthenticated` when the key is not
// taken; `invalid` when what answers is something else.
Result<TossDiagnosis> diagnose_toss(const TossOptions& options);

}  // namespace sagactl
