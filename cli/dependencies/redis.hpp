// Which Redis a command means.
#pragma once

#include <string>

#include "cli/configuration/environment.hpp"
#include "common/result.hpp"

namespace sagactl {

// As a URL: `flag`, else from REDIS_HOST, REDIS_PORT, REDIS_PASSWORD and REDIS_DB; empty when neither names one.
// `invalid` says what is wrong with it.
Result<std::string> redis_url(const std::string& flag, const Environment& environment);

}  // namespace sagactl
