// Reads flows on a separate thread, a few batches ahead of the judging: building them from rows takes about as long as
// judging them.
#pragma once

#include <functional>

#include "server/ports/history.hpp"

namespace sagactl {

// Like History::each_flow over all flows. `visit` runs on the calling thread and must not use `history`.
Result<void> each_flow_ahead(History& history, const HistoryFilter& filter,
                             const std::function<void(const FlowHistory&)>& visit);

}  // namespace sagactl
