// The workers of a load test and their threads.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <vector>

#include "loadgen/run.hpp"
#include "loadgen/schedule/scenario.hpp"
#include "loadgen/sending/load_worker.hpp"

namespace sagactl {

struct WorkerPoolSize {
  std::uint32_t workers = 1;
  std::uint32_t connections = 1;  // in total, with HTTP/2 slots for streams; per worker at least one per target and
                                  // enough for the largest group
  std::uint32_t slots = 0;        // closed loop: requests in flight, in total
  friend bool operator==(const WorkerPoolSize&, const WorkerPoolSize&) = default;
};

// Pure; `cores` are those of the machine.
WorkerPoolSize size_worker_pool(const LoadOptions& options, const std::vector<LoadPhase>& phases, std::uint32_t cores);

struct WorkerPoolSetup {
  std::span<const LoadAddress> targets;  // outlive the pool, like the writer and the plan
  const RequestWriter* writer = nullptr;
  const JourneyPlan* plan = nullptr;
  MessageTraffic* messages = nullptr;  // outlives the pool; null: no journey has any
  WorkerPoolSize size;
  std::uint32_t users = 1;
  std::uint32_t cores = 1;
  std::optional<std::int64_t> epoch_offset_ns = {};  // from steady_ns() to the times of entries; none: by this machine
  std::shared_ptr<EntryTap> tap = {};                // is given the entries, instead of take_entries()
};

class WorkerPool {
 public:
  WorkerPool(const LoadOptions& options, const WorkerPoolSetup& setup);

  std::uint32_t peak_connections() const;  // the most connections open at once
  std::uint32_t connections_max() const;   // that it may open
  Pacing pacing() const { return pacing_; }
  std::size_t size() const { return workers_.size(); }

  // One share per worker. Blocks; calls `watch` about four times a second.
  void run(std::vector<PhaseShare> shares, const std::stop_token& stop, const std::function<void()>& watch);

  EntryCounts counts() const;  // since the start, warm-up included

  // When no phase runs.
  void flush_entries();
  LedgerEntries take_entries();
  LedgerEntries take_step_entries();
  void add_health_to(GeneratorHealth& health);  // since the last call
  void discard_health();

 private:
  const Pacing pacing_;
  EntryStore store_, step_store_;
  std::vector<std::unique_ptr<LoadWorker>> workers_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::size_t running_ = 0;
};

}  // namespace sagactl
