#include "analysis/figures/saga_timings.hpp"

#include <algorithm>

namespace sagactl {
namespace {

constexpr std::size_t bins_shown_max = 120;

bool slower(const SagaTrace& a, const SagaTrace& b) {
  return a.took > b.took;
}

SagaTrace trace_of(const FlowFacts& facts, Duration took) {
  const Saga& saga = *facts.flow.saga;
  SagaTrace trace{.id = saga.id, .status = saga.status, .took = took, .moments = {}};
  for (const EventFacts& it : facts.events)
    trace.moments.push_back({.at = it.event->occurred_at - saga.created_at,
                             .event = std::string(to_string(it.event->type)),
                             .step = std::string(it.step_name),
                             .node = it.event->node});
  return trace;
}

}  // namespace

void SagaTimingsObserver::on_flow(const FlowFacts& facts) {
  if (!facts.flow.saga) return;
  const Saga& saga = *facts.flow.saga;
  ++timings_.counts.started;
  switch (saga.status) {
    case SagaStatus::completed:
      ++timings_.counts.completed;
      break;
    case SagaStatus::compensated:
      ++timings_.counts.compensated;
      break;
    case SagaStatus::failed:
      ++timings_.counts.failed;
      break;
    case SagaStatus::started:
    case SagaStatus::compensating:
      ++timings_.counts.unfinished;
      break;
  }
  const Timestamp last = count_events(facts);
  first_ = std::min(first_.value_or(saga.created_at), saga.created_at);
  last_ = std::max(last_.value_or(last), last);
  if (facts.definition) time_steps(saga, *facts.definition);
  if (!is_terminal(saga.status)) return;
  timings_.took.record(last - saga.created_at);
  keep_if_slow(facts, last - saga.created_at);
}

// Only of listed steps: the others are completed when the saga starts, and take no time.
void SagaTimingsObserver::time_steps(const Saga& saga, const SagaDefinition& definition) {
  for (std::size_t i = 0; i < definition.steps.size() && i < saga.steps.size(); ++i) {
    const StepState& step = saga.steps[i];
    if (!definition.steps[i].listed || step.status != StepStatus::succeeded) continue;
    const std::string name(definition.steps[i].name);
    auto& steps = timings_.steps;
    auto times = std::find_if(steps.begin(), steps.end(), [&](const StepTimes& it) { return it.step == name; });
    if (times == steps.end()) times = steps.insert(steps.end(), StepTimes{name, {}});
    times->took.record(step.ended_at - step.began_at);
  }
}

Timestamp SagaTimingsObserver::count_events(const FlowFacts& facts) {
  Timestamp last = facts.flow.saga->created_at;
  bool ended = false;
  for (const EventFacts& it : facts.events) {
    const Event& event = *it.event;
    if (event.aggregate_type != AggregateType::saga) continue;
    last = std::max(last, event.occurred_at);
    const bool completed = event.type == EventType::saga_completed,
               compensated = event.type == EventType::saga_compensated,
               failed = event.type == EventType::saga_failed || event.type == EventType::saga_compensation_failed,
               goes_on = event.type == EventType::saga_compensating || event.type == EventType::saga_retried;
    Bin& bin = bins_.at(event.occurred_at);
    bin.counts.started += event.type == EventType::saga_started;
    bin.counts.completed += completed;
    bin.counts.compensated += compensated;
    bin.counts.failed += failed;
    bin.resumed += ended && goes_on;
    ended = (ended && !goes_on) || completed || compensated || failed;
  }
  return last;
}

void SagaTimingsObserver::keep_if_slow(const FlowFacts& facts, Duration took) {
  auto& slowest = timings_.slowest;
  if (slowest.size() == slowest_max && took <= slowest.back().took) return;
  if (slowest.size() == slowest_max) slowest.pop_back();
  SagaTrace trace = trace_of(facts, took);
  slowest.insert(std::upper_bound(slowest.begin(), slowest.end(), trace, slower), std::move(trace));
}

SagaTimings SagaTimingsObserver::finish() {
  bins_.narrow_to(bins_shown_max);
  timings_.bin = bins_.width();
  if (first_) timings_.active = *last_ - *first_;
  std::uint64_t open = 0;
  for (std::size_t i = 0; i < bins_.cells().size(); ++i) {
    SagaCounts counts = bins_.cells()[i].counts;
    open += counts.started + bins_.cells()[i].resumed;
    open -= std::min(open, counts.completed + counts.compensated + counts.failed);
    counts.unfinished = open;
    timings_.over_time.emplace_back(bins_.begin_of(i), counts);
  }
  return std::move(timings_);
}

Json to_json(const SagaCounts& counts) {
  return Json{{"started", counts.started},
              {"completed", counts.completed},
              {"compensated", counts.compensated},
              {"failed", counts.failed},
              {"unfinished", counts.unfinished}};
}

Json to_json(const SagaTrace& trace) {
  Json events = Json::array();
  for (const SagaMoment& moment : trace.moments) {
    Json event{{"atUs", moment.at.count()}, {"event", moment.event}, {"node", moment.node}};
    if (!moment.step.empty()) event["step"] = moment.step;
    events.push_back(std::move(event));
  }
  return Json{{"sagaId", trace.id.text()},
              {"status", to_string(trace.status)},
              {"tookUs", trace.took.count()},
              {"events", events}};
}

Json over_time_json(const SagaTimings& timings) {
  Json bins = Json::array();
  for (const auto& [at, counts] : timings.over_time) {
    Json bin{{"at", iso8601_us(at)}};
    bin.update(to_json(counts));
    bins.push_back(std::move(bin));
  }
  return Json{{"binMs", timings.bin.count() / 1000}, {"bins", bins}};
}

}  // namespace sagactl
