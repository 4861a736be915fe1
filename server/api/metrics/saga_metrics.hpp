// Results and durations of sagas and their steps at this node. Every series exists from the start.
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
  // Durations of one commit are batched, since a histogram takes a lock for each observation.
  struct Timings {
    prometheus::Histogram* histogram = nullptr;
    std::vector<double> counts;  // by bucket
    double sum = 0;              // seconds
    bool is_flushed = true;
  };
  struct StepSeries {
    std::array<Timings, 3> duration{};              // succeeded, failed, compensated
    std::array<prometheus::Counter*, 2> retried{};  // by direction
    prometheus::Counter* compensated = nullptr;
  };
  struct SagaSeries {
    prometheus::Counter* started = nullptr;
    std::array<prometheus::Counter*, 3> ended{};  // completed, failed, compensated
    std::array<Timings, 3> duration{};
    std::vector<StepSeries> steps;
  };

  SagaSeries* find(const SagaDefinition* definition);
  StepSeries* find(const SagaDefinition* definition, std::size_t step);
  void record(Timings& timings, Duration took);
  void flush();

  std::unordered_map<const SagaDefinition*, SagaSeries> sagas_;
  std::vector<Timings*> unflushed_;
};

}  // namespace sagactl::api
