// Flows are read on a thread of its own, some batches ahead of who looks at them: to make them of rows takes about as
// long as to judge them.
#pragma once

#include <functional>

#include "server/ports/history.hpp"

namespace sagactl {

// As History::each_flow, to its end; `see` is called on the caller's thread, which leaves `history` alone meanwhile.
Result<void> each_flow_ahead(History& history, const HistoryFilter& filter,
                             const std::function<void(const FlowHistory&)>& see);

}  // namespace sagactl
