// How the sagas ended that were open while a fault, or its after-effect, lasted.
#pragma once

#include <optional>
#include <vector>

#include "analysis/faults/fault_effects.hpp"
#include "analysis/figures/saga_timings.hpp"
#include "analysis/history/observer.hpp"

namespace sagactl {

// By the place of the fault in the ledger. Times of sagas are the database's, those of faults this machine's.
class FaultedSagas {
 public:
  explicit FaultedSagas(const Ledger* ledger);  // null: there are no faults

  bool any() const { return !spans_.empty(); }
  // `ended`: none for a saga that is still open.
  void add(Timestamp created, std::optional<Timestamp> ended, const SagaCounts& end);
  std::vector<SagaCounts> take() { return std::move(counts_); }

 private:
  std::vector<FaultSpan> spans_;
  std::vector<SagaCounts> counts_;  // empty without faults
};

// Of the systems of `sagactl serve`, and users' sagas.
class FaultedSagasObserver final : public Observer {
 public:
  explicit FaultedSagasObserver(const Ledger* ledger) : sagas_(ledger) {}
  void on_flow(const FlowFacts& facts) override;
  std::vector<SagaCounts> finish() { return sagas_.take(); }

 private:
  FaultedSagas sagas_;
};

}  // namespace sagactl
