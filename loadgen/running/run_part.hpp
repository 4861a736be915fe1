// One machine's part of a run that several machines send together.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "loadgen/ledger/entry_tap.hpp"
#include "loadgen/run.hpp"
#include "loadgen/running/prepared_run.hpp"
#include "loadgen/schedule/load_share.hpp"

namespace sagactl {

// How a phase begins: on all machines with the same numbers and at the same moment.
struct PhaseStart {
  PhaseNumbers numbers;
  std::int64_t start_ns = 0;  // by this machine's steady_ns()
};

// Where a part waits for those of the other machines. Called on the thread of the run.
class PhaseGate {
 public:
  virtual ~PhaseGate() = default;
  // Everything before the first phase is done; `targets` as in the ledger.
  virtual void prepared(const std::vector<std::string>& targets) = 0;
  // Blocks until the phase may begin; nothing: the run was stopped.
  virtual std::optional<PhaseStart> wait_for(std::size_t phase, const std::stop_token& stop) = 0;
  // All requests of the phase have ended; `next` are the numbers that this machine would go on with.
  virtual void ended(std::size_t phase, const PhaseNumbers& next) = 0;
};

struct RunPart {
  LoadShare share;
  PreparedRun prepared;
  std::int64_t epoch_offset_ns =
      0;                          // from this machine's steady_ns() to the time since 1970 that the ledger is to have
  std::shared_ptr<EntryTap> tap;  // receives the entries, instead of the result
  PhaseGate* gate = nullptr;      // outlives the run
};

// As run_load, of one part. The result has the generator's health, the names of the targets and the first answers;
// figures are made from the entries of all parts. Set-up, test data, log-ins and tear-down are done by the leader.
Result<RunResult> run_part(const LoadOptions& options, RunPart part, std::stop_token interrupt,
                           const ProgressCallback& progress);

}  // namespace sagactl
