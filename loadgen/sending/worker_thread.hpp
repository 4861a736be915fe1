// What the load generator asks of the kernel.
#pragma once

#include <cstdint>

namespace sagactl {

// For the calling thread, which wakes up often and works little each time: timers without the usual slack of
// 50 microseconds, and short slices of time, for which Linux from 6.12 on lets it run sooner on a busy
// machine (with a load of five per core, 5.6 instead of 7.1 ms late at p99). Where it cannot be had, the
// lateness says so.
void ask_for_prompt_waking();

// Processor time that the calling thread has used.
std::int64_t thread_cpu_ns();

// A connection needs a file descriptor, and the usual limit is 1024: as far as it may be raised.
void allow_files(std::uint64_t count);

}  // namespace sagactl
