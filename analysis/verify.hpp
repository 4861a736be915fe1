// Checks the invariants of the system over everything that a database holds.
#pragma once

#include "analysis/check.hpp"

namespace sagactl {

// The names of all verdicts, in the order in which they are given.
std::span<const std::string_view> verdict_names();

// The checks that need only a database.
Checks database_checks(const CheckOptions& options);

// Reads the history once and gives one verdict per check, in the order of verdict_names(). Those that need
// a client's ledger are not included. Errors are those of reading.
Result<std::vector<Verdict>> verify(History& history, const CheckOptions& options = {},
                                    const HistoryFilter& filter = {});

// One verdict per check after the history was read, also of those that do not apply, in the order of verdict_names().
std::vector<Verdict> finish(const Checks& checks, const ClusterSnapshot& snapshot);

}  // namespace sagactl
