#include "server/api/metrics/saga_metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <algorithm>

namespace sagactl::api {
namespace {

// From a step that is done in the commit that asks for it to one that is retried for minutes.
const prometheus::Histogram::BucketBoundaries saga_seconds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
                                                           1.0,   2.5,    5.0,   10.0, 30.0,  60.0, 300.0};

constexpr std::array saga_ends = {SagaStatus::completed, SagaStatus::failed, SagaStatus::compensated};
constexpr std::array step_ends = {StepStatus::succeeded, StepStatus::failed, StepStatus::compensated};
constexpr std::array directions = {Direction::action, Direction::compensation};

template <class Enum, std::size_t n>
std::size_t place_of(Enum value, const std::array<Enum, n>& all) {
  std::size_t i = 0;
  while (i < n && all[i] != value) ++i;
  return i;
}

double seconds_of(Duration duration) {
  return static_cast<double>(duration.count()) / 1e6;
}

}  // namespace

SagaMetrics::SagaMetrics(http::Metrics& metrics) {
  prometheus::Registry& registry = metrics.registry();
  const auto counters = [&](const char* name, const char* help) -> prometheus::Family<prometheus::Counter>& {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  };
  const auto histograms = [&](const char* name, const char* help) -> prometheus::Family<prometheus::Histogram>& {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
  };
  auto& started = counters("sagactl_sagas_started_total", "Sagas that were started at this node");
  auto& ended = counters("sagactl_sagas_ended_total", "Sagas that ended at this node, by how");
  auto& saga_took = histograms("sagactl_saga_duration_seconds",
                               "Time of a saga from its start, or its last retry by a person, to its end");
  auto& step_took = histograms("sagactl_step_duration_seconds", "Time of a step from its first try to its end");
  auto& retried_steps = counters("sagactl_step_retries_total", "Tries of a step beside its first");
  auto& undone = counters("sagactl_compensations_total", "Steps that were undone");

  for (const SagaDefinition& definition : definitions()) {
    OfSaga& saga = sagas_[&definition];
    const std::string type(definition.name);
    saga.started = &started.Add({{"type", type}});
    for (std::size_t i = 0; i < saga_ends.size(); ++i) {
      const prometheus::Labels labels{{"type", type}, {"status", std::string(to_string(saga_ends[i]))}};
      saga.ended[i] = &ended.Add(labels);
      saga.took[i].histogram = &saga_took.Add(labels, saga_seconds);
    }
    for (const StepDefinition& step : definition.steps) {
      OfStep& of_step = saga.steps.emplace_back();
      const prometheus::Labels labels{{"type", type}, {"step", std::string(step.name)}};
      for (std::size_t i = 0; i < step_ends.size(); ++i) {
        if (step_ends[i] == StepStatus::compensated && step.compensation.empty()) continue;
        prometheus::Labels with_status = labels;
        with_status["status"] = to_string(step_ends[i]);
        of_step.took[i].histogram = &step_took.Add(with_status, saga_seconds);
      }
      for (std::size_t i = 0; i < directions.size(); ++i) {
        if (directions[i] == Direction::compensation && step.compensation.empty()) continue;
        prometheus::Labels with_direction = labels;
        with_direction["direction"] = to_string(directions[i]);
        of_step.retried_steps[i] = &retried_steps.Add(with_direction);
      }
      if (!step.compensation.empty()) of_step.undone = &undone.Add(labels);
    }
  }
}

SagaMetrics::OfSaga* SagaMetrics::find(const SagaDefinition* definition) {
  const auto found = sagas_.find(definition);
  return found == sagas_.end() ? nullptr : &found->second;
}

SagaMetrics::OfStep* SagaMetrics::find(const SagaDefinition* definition, std::size_t step) {
  OfSaga* saga = find(definition);
  return saga && step < saga->steps.size() ? &saga->steps[step] : nullptr;
}

void SagaMetrics::note(Timings& timings, Duration took) {
  const double seconds = seconds_of(took);
  const auto bucket = std::lower_bound(saga_seconds.begin(), saga_seconds.end(), seconds) - saga_seconds.begin();
  if (timings.is_flushed) {
    timings.counts.assign(saga_seconds.size() + 1, 0);
    timings.sum = 0;
    timings.is_flushed = false;
    unflushed_.push_back(&timings);
  }
  ++timings.counts[static_cast<std::size_t>(bucket)];
  timings.sum += seconds;
}

void SagaMetrics::flush() {
  for (Timings* timings : unflushed_) {
    timings->histogram->ObserveMultiple(timings->counts, timings->sum);
    timings->is_flushed = true;
  }
  unflushed_.clear();
}

void SagaMetrics::add(const SagaProgress& progress) {
  for (const SagaDefinition* definition : progress.started)
    if (OfSaga* saga = find(definition)) saga->started->Increment();
  for (const SagaProgress::EndedSaga& each : progress.ended_sagas) {
    const std::size_t i = place_of(each.status, saga_ends);
    if (OfSaga* saga = find(each.saga); saga && i < saga_ends.size()) {
      saga->ended[i]->Increment();
      note(saga->took[i], each.took);
    }
  }
  for (const SagaProgress::EndedStep& each : progress.ended_steps) {
    OfStep* step = find(each.saga, each.step);
    const std::size_t i = place_of(each.status, step_ends);
    if (!step || i >= step_ends.size() || !step->took[i].histogram) continue;
    note(step->took[i], each.took);
    if (each.status == StepStatus::compensated && step->undone) step->undone->Increment();
  }
  for (const SagaProgress::RetriedStep& each : progress.retried_steps) {
    OfStep* step = find(each.saga, each.step);
    const std::size_t i = place_of(each.direction, directions);
    if (step && i < directions.size() && step->retried_steps[i]) step->retried_steps[i]->Increment();
  }
  flush();
}

}  // namespace sagactl::api
