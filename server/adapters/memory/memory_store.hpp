// The store in memory: durable for as long as the process lives. The simulation runs on it, and it is the
// model against which the durable stores are tested.
#pragma once

#include <memory>

#include "server/ports/clock.hpp"
#include "server/ports/history.hpp"
#include "server/ports/queries.hpp"
#include "server/ports/store.hpp"
#include "server/ports/partition_counts.hpp"

namespace sagactl {

class MemoryStore : public Store, public Queries, public HistorySource, public PartitionCounts {};

// `clock` is the database's clock and must outlive the store. All calls may be made from several threads;
// what `decide` does must not call the store. A batch costs what it touches; a snapshot costs a pointer per
// flow and event.
std::unique_ptr<MemoryStore> make_memory_store(Clock& clock);

}  // namespace sagactl
