// How long sagas took, by the database's times; their outcomes over time; and the slowest ones.
#pragma once

#include <string>
#include <vector>

#include "analysis/figures/time_bins.hpp"
#include "analysis/history/observer.hpp"
#include "common/text/json.hpp"
#include "loadgen/ledger/histogram.hpp"

namespace sagactl {

struct SagaCounts {
  std::uint64_t started = 0, completed = 0, compensated = 0, failed = 0, unfinished = 0;

  SagaCounts& operator+=(const SagaCounts& other) {
    started += other.started;
    completed += other.completed;
    compensated += other.compensated;
    failed += other.failed;
    unfinished += other.unfinished;
    return *this;
  }
  friend bool operator==(const SagaCounts&, const SagaCounts&) = default;
};

struct SagaMoment {
  Duration at;  // since the saga was created
  std::string event;
  std::string step;  // empty: the event names none
  NodeName node;
};

struct SagaTrace {
  SagaId id;
  SagaStatus status = SagaStatus::started;
  Duration took{0};
  std::vector<SagaMoment> moments;
};

struct StepTimes {
  std::string step;
  Histogram took;  // from its first try until it succeeded
};

struct SagaTimings {
  SagaCounts counts;
  Histogram took;      // of the sagas that ended: from creation to their last event
  Duration active{0};  // from the first saga's creation to the last event of any
  std::vector<StepTimes> steps;
  std::vector<SagaTrace> slowest;  // the slowest first
  Duration bin{0};
  // What happened in each bin: `unfinished` is how many were under way at its end.
  std::vector<std::pair<Timestamp, SagaCounts>> over_time;
};

class SagaTimingsObserver final : public Observer {
 public:
  static constexpr std::size_t slowest_max = 10;

  void on_flow(const FlowFacts& facts) override;
  SagaTimings finish();

 private:
  struct Bin {
    SagaCounts counts;
    std::uint64_t resumed = 0;  // sagas that had ended and resumed: retried, or compensated later
    Bin& operator+=(const Bin& other) {
      counts += other.counts;
      resumed += other.resumed;
      return *this;
    }
  };

  void time_steps(const Saga& saga, const SagaDefinition& definition);
  // Counts the saga's events in their bins; returns the time of the last.
  Timestamp count_events(const FlowFacts& facts);
  void keep_if_slow(const FlowFacts& facts, Duration took);

  SagaTimings timings_;
  std::optional<Timestamp> first_, last_;
  TimeBins<Bin> bins_;
};

Json to_json(const SagaCounts& counts);
Json to_json(const SagaTrace& trace);
Json over_time_json(const SagaTimings& timings);  // {binMs, bins:[{at, started, completed, ...}]}

}  // namespace sagactl
