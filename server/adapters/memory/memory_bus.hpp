// A bus within this process: what is published is handed to the subscribers at once, and then it is done.
#pragma once

#include <memory>

#include "server/ports/bus.hpp"

namespace sagactl {

// All calls may be made from several threads, and by a subscriber while it receives. A subscription that is
// ended on another thread while an event is on its way may still receive that one.
std::unique_ptr<Bus> make_memory_bus();

}  // namespace sagactl
