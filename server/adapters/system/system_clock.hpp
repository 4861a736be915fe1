// The machine's own clock.
#pragma once

#include <memory>

#include "server/ports/clock.hpp"

namespace sagactl {

// Work runs on a thread of the clock, in the order in which it is due; it should be short. Delays are measured on the
// steady clock, so a step of the wall clock neither shortens nor prolongs them. Destroying the clock waits for work
// that is running; it must not be destroyed by its own work.
std::unique_ptr<Clock> make_system_clock();

}  // namespace sagactl
