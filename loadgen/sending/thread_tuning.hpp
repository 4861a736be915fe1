// Kernel settings for the threads of the load generator.
#pragma once

#include <cstdint>

namespace sagactl {

// For the calling thread, which wakes up often and runs briefly: timers without the default slack of 50 microseconds,
// and short time slices, with which Linux 6.12 and later runs it sooner on a busy machine (with a load of five per
// core, 5.6 instead of 7.1 ms late at p99). Best effort: the measured lateness shows the result.
void request_prompt_wakeups();

// The processor time used by the calling thread.
std::int64_t thread_cpu_ns();

// Raises the limit of open files (default 1024) to `count`, or as far as allowed: each connection needs one.
void raise_file_limit(std::uint64_t count);

}  // namespace sagactl
