// A bus within this process: events are passed to the subscribers within `publish`.
#pragma once

#include <memory>

#include "server/ports/bus.hpp"

namespace sagactl {

// All calls may be made from several threads, and by a subscriber while it receives. A subscription that ends on
// another thread during `publish` may still receive its events.
std::unique_ptr<Bus> make_memory_bus();

}  // namespace sagactl
