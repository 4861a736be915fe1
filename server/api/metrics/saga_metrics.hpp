// Results and durations of sagas and their steps at this node. Every series of a built-in definition exists from the
// start, those of users' definitions from when they are needed first.
#pragma once

#include <array>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "server/api/metrics/bounded_names.hpp"
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

  void add_saga(SagaSeries& saga, const std::string& type);
  void add_step(StepSeries& series, const std::string& type, const std::string& step, bool has_compensation);
  SagaSeries* find(const SagaDefinition* definition);
  StepSeries* find(const SagaDefinition* definition, std::size_t step);
  void record(Timings& timings, Duration took);
  void flush();

  prometheus::Family<prometheus::Counter>*started_, *ended_, *retried_, *compensated_;
  prometheus::Family<prometheus::Histogram>*saga_duration_, *step_duration_;
  std::unordered_map<const SagaDefinition*, SagaSeries> built_in_;
  // By the labels: the definition's name, and the step's.
  std::map<std::string, SagaSeries> users_sagas_;
  std::map<std::pair<std::string, std::string>, StepSeries> users_steps_;
  BoundedNames names_;
  std::vector<Timings*> unflushed_;
};

}  // namespace sagactl::api
