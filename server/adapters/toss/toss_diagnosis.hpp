// Whether Toss Payments answers and accepts the secret key: for `sagactl doctor`.
#pragma once

#include "common/result.hpp"
#include "common/time.hpp"
#include "server/adapters/toss/toss_options.hpp"

namespace sagactl {

struct TossDiagnosis {
  Duration took{};  // connecting and one query
};

// Queries a payment that does not exist. `unavailable` when nothing answers; `unauthenticated` when the key is
// rejected; `invalid` when the server is not Toss Payments.
Result<TossDiagnosis> diagnose_toss(const TossOptions& options);

}  // namespace sagactl
