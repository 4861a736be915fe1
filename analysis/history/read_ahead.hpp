// Reads a history on threads of its own, a few batches of flows ahead of the judging: building flows from rows takes
// longer than judging them.
#pragma once

#include <functional>

#include "server/ports/history.hpp"

namespace sagactl {

// Calls `visit` with every flow, in order, on the calling thread; it must not use `history`. `read_rest` reads what
// else there is, on another thread and at the same time if the history has a second view, which then helps with the
// flows; else after them. Errors are those of reading, the flows' first.
Result<void> read_ahead(History& history, const HistoryFilter& filter,
                        const std::function<void(const FlowHistory&)>& visit,
                        const std::function<Result<void>(History&)>& read_rest);

}  // namespace sagactl
