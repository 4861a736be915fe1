#include "server/api/metrics/saga_metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <algorithm>

namespace sagactl::api {
namespace {

// From a step that ends in the commit that starts it to one that is retried for minutes.
const prometheus::Histogram::BucketBoundaries saga_seconds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,  0.25,
                                                           0.5,   1.0,    2.5,   5.0,  10.0,  30.0, 60.0, 300.0};

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
  const auto counters = [&](const char* name, const char* help) {
    return &prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  };
  const auto histograms = [&](const char* name, const char* help) {
    return &prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
  };
  started_ = counters("sagactl_sagas_started_total", "Sagas started at this node");
  ended_ = counters("sagactl_sagas_ended_total", "Sagas that ended at this node, by status");
  saga_duration_ = histograms("sagactl_saga_duration_seconds",
                              "Duration of a saga from its start, or its last retry by an operator, to its end");
  step_duration_ = histograms("sagactl_step_duration_seconds", "Duration of a step from its first try to its end");
  retried_ = counters("sagactl_step_retries_total", "Tries of a step after its first");
  compensated_ = counters("sagactl_compensations_total", "Steps that were compensated");
  for (const SagaDefinition& definition : definitions()) {
    SagaSeries& saga = built_in_[&definition];
    add_saga(saga, definition.name);
    for (const StepDefinition& step : definition.steps)
      add_step(saga.steps.emplace_back(), definition.name, step.name, !step.compensation.empty());
  }
}

void SagaMetrics::add_saga(SagaSeries& saga, const std::string& type) {
  saga.started = &started_->Add({{"type", type}});
  for (std::size_t i = 0; i < saga_ends.size(); ++i) {
    const prometheus::Labels labels{{"type", type}, {"status", std::string(to_string(saga_ends[i]))}};
    saga.ended[i] = &ended_->Add(labels);
    saga.duration[i].histogram = &saga_duration_->Add(labels, saga_seconds);
  }
}

void SagaMetrics::add_step(StepSeries& series, const std::string& type, const std::string& step,
                           bool has_compensation) {
  const prometheus::Labels labels{{"type", type}, {"step", step}};
  for (std::size_t i = 0; i < step_ends.size(); ++i) {
    if (step_ends[i] == StepStatus::compensated && !has_compensation) continue;
    prometheus::Labels with_status = labels;
    with_status["status"] = to_string(step_ends[i]);
    series.duration[i].histogram = &step_duration_->Add(with_status, saga_seconds);
  }
  for (std::size_t i = 0; i < directions.size(); ++i) {
    if (directions[i] == Direction::compensation && !has_compensation) continue;
    prometheus::Labels with_direction = labels;
    with_direction["direction"] = to_string(directions[i]);
    series.retried[i] = &retried_->Add(with_direction);
  }
  if (has_compensation) series.compensated = &compensated_->Add(labels);
}

// The series of users' definitions are made when they are needed first.
SagaMetrics::SagaSeries* SagaMetrics::find(const SagaDefinition* definition) {
  if (!definition) return nullptr;
  if (const auto found = built_in_.find(definition); found != built_in_.end()) return &found->second;
  if (definition->is_built_in()) return nullptr;
  const std::string type = names_.add(definition->name) ? definition->name : other_name;
  const auto [entry, is_new] = users_sagas_.try_emplace(type);
  if (is_new) add_saga(entry->second, type);
  return &entry->second;
}

SagaMetrics::StepSeries* SagaMetrics::find(const SagaDefinition* definition, std::size_t step) {
  SagaSeries* saga = find(definition);
  if (!saga || step >= definition->steps.size()) return nullptr;
  if (definition->is_built_in()) return step < saga->steps.size() ? &saga->steps[step] : nullptr;
  const std::string& name = definition->steps[step].name;
  const bool is_named = names_.add(definition->name) && names_.add(definition->name + ' ' + name);
  const std::pair key(is_named ? definition->name : other_name, is_named ? name : std::string(other_name));
  const auto [entry, is_new] = users_steps_.try_emplace(key);
  if (is_new) add_step(entry->second, key.first, key.second, true);
  return &entry->second;
}

void SagaMetrics::record(Timings& timings, Duration took) {
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
    if (SagaSeries* saga = find(definition)) saga->started->Increment();
  for (const SagaProgress::EndedSaga& each : progress.ended_sagas) {
    const std::size_t i = place_of(each.status, saga_ends);
    if (SagaSeries* saga = find(each.saga); saga && i < saga_ends.size()) {
      saga->ended[i]->Increment();
      record(saga->duration[i], each.took);
    }
  }
  for (const SagaProgress::EndedStep& each : progress.ended_steps) {
    StepSeries* step = find(each.saga, each.step);
    const std::size_t i = place_of(each.status, step_ends);
    if (!step || i >= step_ends.size() || !step->duration[i].histogram) continue;
    record(step->duration[i], each.took);
    if (each.status == StepStatus::compensated && step->compensated) step->compensated->Increment();
  }
  for (const SagaProgress::RetriedStep& each : progress.retried_steps) {
    StepSeries* step = find(each.saga, each.step);
    const std::size_t i = place_of(each.direction, directions);
    if (step && i < directions.size() && step->retried[i]) step->retried[i]->Increment();
  }
  flush();
}

}  // namespace sagactl::api
