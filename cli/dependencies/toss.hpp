// Where Toss Payments is, and which key a node shows it.
#pragma once

#include "cli/configuration/environment.hpp"
#include "server/node/node.hpp"

namespace CLI {
class App;
}

namespace sagactl {

void add_toss_flags(CLI::App& app, TossAccount& account);

// What `given` says, and where that is silent what `sagactl serve` would take from the environment
// (SAGACTL_SERVE_TOSS_URL, SAGACTL_SERVE_TOSS_SECRET_FILE); paths as seen from the working directory.
TossAccount toss_account(const TossAccount& given, const Environment& environment);

}  // namespace sagactl
