// The workers of a load test and the threads that they run on.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <vector>

#include "loadgen/sending/load_worker.hpp"
#include "loadgen/run.hpp"
#include "loadgen/schedule/scenario.hpp"

namespace sagactl {

struct WorkerPoolSize {
  std::uint32_t workers = 1;
  std::uint32_t connections = 1;  // all together, at least one per target and a largest group's per worker
  std::uint32_t slots = 0;        // closed loop: requests in flight, all together
  friend bool operator==(const WorkerPoolSize&, const WorkerPoolSize&) = default;
};

// Pure; `cores` is the machine's.
WorkerPoolSize size_crew(const LoadOptions& options, const std::vector<LoadPhase>& phases, std::uint32_t cores);

class WorkerPool {
 public:
  struct Setup {
    std::span<const LoadAddress> targets;  // outlive the pool, as do the writer and the plan
    const RequestWriter* writer = nullptr;
    const AnswerPlan* answers = nullptr;
    WorkerPoolSize size;
    std::uint32_t users = 1;
    std::uint32_t cores = 1;
  };
  WorkerPool(const LoadOptions& options, const Setup& setup);

  std::uint32_t connected_most() const;  // of its connections that were open at once
  const FirstAnswers& first_answers() const { return first_answers_; }
  Pacing pacing() const { return pacing_; }
  std::size_t size() const { return workers_.size(); }

  // One share per worker. Blocks; calls `watch` about four times a second.
  void run(std::vector<PhaseShare> shares, const std::stop_token& stop, const std::function<void()>& watch);

  EntryLog::Counts counts() const;  // since the start, warm-up included

  // When no phase runs.
  LedgerEntries take_entries();
  void add_health_to(GeneratorHealth& health);  // since the last time
  void forget_health();

 private:
  const Pacing pacing_;
  EntryStore store_;
  FirstAnswers first_answers_;
  std::vector<std::unique_ptr<LoadWorker>> workers_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::size_t running_ = 0;
};

}  // namespace sagactl
