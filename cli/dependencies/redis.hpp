// The Redis of a command, from --redis or the environment.
#pragma once

#include <string>

#include "cli/configuration/environment.hpp"
#include "common/result.hpp"

namespace sagactl {

// A URL: `flag`, else made of REDIS_HOST, REDIS_PORT, REDIS_PASSWORD and REDIS_DB; empty when none is configured.
// `invalid` when it cannot be parsed.
Result<std::string> redis_url(const std::string& flag, const Environment& environment);

}  // namespace sagactl
