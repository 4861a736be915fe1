// Locks within this process.
#pragma once

#include <memory>

#include "server/ports/clock.hpp"
#include "server/ports/lock.hpp"

namespace sagactl {

// `clock` decides what has run out, and must outlive the lock. Fencing tokens are at least the clock's
// microseconds, so they go on increasing after a restart. Waiters that are still there when the lock is
// destroyed are told `unavailable`.
std::unique_ptr<Lock> make_memory_lock(Clock& clock);

}  // namespace sagactl
