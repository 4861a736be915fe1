// Runs the bulk jobs of a cluster at one node. A job is held by the node that runs it, for some seconds at a time: when
// that node dies, another goes on where it was. What is in hand is written down before it is done, so that no saga is
// acted on twice.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "common/result.hpp"
#include "server/api/bulk/bulk_job.hpp"
#include "server/engine/engine.hpp"
#include "server/ports/clock.hpp"
#include "server/ports/queries.hpp"
#include "server/ports/records.hpp"

namespace sagactl::api {

class BulkRunner {
 public:
  static constexpr Duration poll_every = 3s;
  static constexpr Duration held_for = 10s;

  // All outlive it.
  BulkRunner(NodeName node, Engine& engine, Queries& queries, RecordStore& records, Clock& clock)
      : node_(std::move(node)), engine_(engine), queries_(queries), records_(records), clock_(clock) {}

  // Runs the jobs that no other node runs, until they end or a stop is requested. One thread.
  void run(const std::stop_token& stop);

 private:
  struct Held {
    BulkJob job;
    std::int64_t version = 0;  // of its record
  };
  struct ItemResult {
    bool ok = false;
    std::string status;  // of the saga afterwards
    std::string error;
  };
  // What is known of a saga in hand.
  struct Tried {
    std::optional<ItemResult> result;
    bool is_in_doubt = false;   // it may have been done: the saga is to be looked at
    bool was_in_doubt = false;  // in one of the tries
    bool is_changed = false;    // nothing was done, since it is not as it was read
    int changes = 0;            // how often that was so
  };

  Result<std::optional<Held>> take(const StoredRecord& open);
  Result<void> run_job(Held& held, const std::stop_token& stop);
  Result<void> run_chunks(Held& held, const std::stop_token& stop);
  // False: another node holds it now.
  Result<bool> save(Held& held);
  Result<void> end(Held& held, BulkState state, std::string error = {});
  Result<std::vector<BulkItem>> next_items(const BulkJob& job, std::size_t limit);
  // The results of what is in hand, which is then what was handled; nothing when the node is to stop first.
  Result<std::optional<std::vector<ItemResult>>> act_on_items(BulkJob& job, bool is_resumed,
                                                              const std::stop_token& stop);
  Result<void> resolve_doubts(const BulkJob& job, std::vector<Tried>& tried);
  Result<void> read_changed(BulkJob& job, std::vector<Tried>& tried);
  // Acts on those that have no result; whether all of them have one now that is certain.
  bool try_items(const BulkJob& job, std::vector<Tried>& tried);
  std::vector<Result<Receipt>> submit(const BulkJob& job, const std::vector<BulkItem>& items);
  Result<std::optional<ItemResult>> result_of_earlier(const BulkJob& job, const BulkItem& item);
  Result<void> keep_results(BulkJob& job, const std::vector<ItemResult>& results);

  const NodeName node_;
  Engine& engine_;
  Queries& queries_;
  RecordStore& records_;
  Clock& clock_;
};

// The filter of a job as its caller, an admin, would list by it: `invalid` for one that is empty or has a name that is
// no filter.
Result<SagaFilter> bulk_filter(const std::string& filter, UserId by, Timestamp now);

}  // namespace sagactl::api
