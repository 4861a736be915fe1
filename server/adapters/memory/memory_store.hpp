// The store in memory: it lasts as long as the process. The simulation runs on it, and the durable stores are tested
// against it as their model.
#pragma once

#include <memory>

#include "server/ports/clock.hpp"
#include "server/ports/history.hpp"
#include "server/ports/partition_counts.hpp"
#include "server/ports/queries.hpp"
#include "server/ports/records.hpp"
#include "server/ports/store.hpp"

namespace sagactl {

class MemoryStore : public Store, public Queries, public HistorySource, public PartitionCounts, public RecordStore {};

// `clock` is the database's clock and must outlive the store. All calls may be made from several threads; `decide` must
// not call the store. The cost of a batch depends on what it touches; a snapshot costs a pointer per flow and event.
std::unique_ptr<MemoryStore> make_memory_store(Clock& clock);

}  // namespace sagactl
