// Locks within this process.
#pragma once

#include <cstdint>
#include <memory>

#include "server/ports/clock.hpp"
#include "server/ports/lock.hpp"

namespace sagactl {

// Who writes the database whose orders are placed under these locks: this process alone, or others as well, each with
// locks of its own. Then a grant only sheds this process's own duplicates (`LockGrant::is_cluster_wide`).
enum class LockReach : std::uint8_t { all_writers, this_process };

// `clock` decides what has run out, and must outlive the lock. `last` is the database's time: fencing tokens are at least
// the microseconds of a clock that goes on from there as the database's does, so they go on increasing after a restart,
// also when the time of day was set back meanwhile. Waiters that are still there when the lock is
// destroyed are told `unavailable`.
std::unique_ptr<Lock> make_memory_lock(Clock& clock, LockReach reach = LockReach::all_writers, Timestamp last = {});

}  // namespace sagactl
