// The Toss Payments account of a command: address, secret key and timeout.
#pragma once

#include "cli/configuration/environment.hpp"
#include "server/node/node.hpp"

namespace CLI {
class App;
}

namespace sagactl {

// Adds --toss-url, --toss-secret-file and --toss-timeout.
void add_toss_flags(CLI::App& app, TossAccount& account);

// `given`, completed from the environment variables of `sagactl serve` (SAGACTL_SERVE_TOSS_URL,
// SAGACTL_SERVE_TOSS_SECRET_FILE). Paths are relative to the working directory.
TossAccount toss_account(const TossAccount& given, const Environment& environment);

}  // namespace sagactl
