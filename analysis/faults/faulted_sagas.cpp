#include "analysis/faults/faulted_sagas.hpp"

#include <algorithm>

namespace sagactl {
namespace {

SagaCounts count_of_end(SagaStatus status) {
  SagaCounts counts;
  counts.started = 1;
  switch (status) {
    case SagaStatus::completed:
      counts.completed = 1;
      break;
    case SagaStatus::compensated:
      counts.compensated = 1;
      break;
    case SagaStatus::failed:
      counts.failed = 1;
      break;
    case SagaStatus::started:
    case SagaStatus::compensating:
      counts.unfinished = 1;
      break;
  }
  return counts;
}

}  // namespace

FaultedSagas::FaultedSagas(const Ledger* ledger) {
  if (ledger == nullptr || ledger->faults.empty()) return;
  spans_ = fault_spans(*ledger);
  counts_.resize(ledger->faults.size());
}

void FaultedSagas::add(Timestamp created, std::optional<Timestamp> ended, const SagaCounts& end) {
  for (const FaultSpan& span : spans_)
    if (created <= span.until && (!ended || *ended >= span.from)) counts_[span.fault] += end;
}

void FaultedSagasObserver::on_flow(const FlowFacts& facts) {
  if (!facts.flow.saga || !sagas_.any()) return;
  const Saga& saga = *facts.flow.saga;
  std::optional<Timestamp> ended;
  if (is_terminal(saga.status)) {
    ended = saga.created_at;
    for (const EventFacts& it : facts.events)
      if (it.event->aggregate_type == AggregateType::saga) ended = std::max(*ended, it.event->occurred_at);
  }
  sagas_.add(saga.created_at, ended, count_of_end(saga.status));
}

}  // namespace sagactl
