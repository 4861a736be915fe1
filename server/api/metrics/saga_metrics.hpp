// What sagas and their steps have come to at this node, and how long they took. Every series is there from the start.
#pragma once

#include <array>
#include <unordered_map>
#include <vector>

#include "server/engine/batch/saga_progress.hpp"
#include "server/http/metrics/metrics.hpp"

namespace sagactl::api {

class SagaMetrics {
 public:
  explicit SagaMetrics(http::Metrics& metrics);

  void add(const SagaProgress& progress);  // from one thread

 private:
  // Durations are gathered for each commit: a histogram takes a lock for each observation.
  struct Timings {
    prometheus::Histogram* histogram = nullptr;
    std::vector<double> counts;  // by bucket
    double sum = 0;              // seconds
    bool is_flushed = true;
  };
  struct OfStep {
    std::array<Timings, 3> took{};                      // succeeded, failed, compensated
    std::array<prometheus::Counter*, 2> retried_steps{};  // by direction
    prometheus::Counter* undone = nullptr;
  };
  struct OfSaga {
    prometheus::Counter* started = nullptr;
    std::array<prometheus::Counter*, 3> ended{};     // completed, failed, compensated
    std::array<Timings, 3> took{};
    std::vector<OfStep> steps;
  };

  OfSaga* find(const SagaDefinition* definition);
  OfStep* find(const SagaDefinition* definition, std::size_t step);
  void note(Timings& timings, Duration took);
  void flush();

  std::unordered_map<const SagaDefinition*, OfSaga> sagas_;
  std::vector<Timings*> unflushed_;
};

}  // namespace sagactl::api
