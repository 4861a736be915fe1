#include "loadgen/ledger/step_figures.hpp"

#include <algorithm>

#include "loadgen/run.hpp"

namespace sagactl {
namespace {

void count_step(StepFigures& step, const LedgerEntry& entry) {
  if (entry.sent.us != 0) ++step.sent;
  step.unexpected += entry.step_end == StepEnd::unexpected;
  step.no_value += entry.step_end == StepEnd::no_value;
  step.not_in_time += entry.step_end == StepEnd::not_in_time;
  step.unanswered += entry.step_end == StepEnd::unanswered;
  const bool timed_out = entry.failure == TransportFailure::timed_out;
  if (entry.sent.us != 0) step.service.record(entry.service_time());
  if (entry.sent.us != 0 || timed_out) step.response.record(entry.response_time());
}

// Both lists of a ledger are by operation; this goes through them journey by journey.
class JourneyWalk {
 public:
  JourneyWalk(const Ledger& ledger, JourneyFigures& figures) : ledger_(ledger), figures_(figures) {}

  void take(const LedgerEntry& entry) {
    if (entry.journey() != journey_ || !any_) begin(entry);
    begin_ = std::min(begin_, entry.planned);
    if (entry.step_end == StepEnd::last) end_ = std::max(end_, entry.done);
    if (!ledger_.is_measured(entry)) return;
    measured_ = true;
    count_step(figures_.steps[entry.step], entry);
  }
  void finish() {
    if (!any_ || !measured_) return;
    ++figures_.started;
    if (end_.us == 0) return;
    ++figures_.completed;
    figures_.time.record(end_ - begin_);
  }

 private:
  void begin(const LedgerEntry& entry) {
    finish();
    any_ = true;
    measured_ = false;
    journey_ = entry.journey();
    begin_ = entry.planned;
    end_ = {};
  }

  const Ledger& ledger_;
  JourneyFigures& figures_;
  bool any_ = false, measured_ = false;
  std::uint64_t journey_ = 0;
  Timestamp begin_, end_;
};

}  // namespace

JourneyFigures journey_figures_of(const Ledger& ledger) {
  JourneyFigures figures;
  if (ledger.steps.size() < 2) return figures;
  for (const LedgerStep& step : ledger.steps) {
    figures.steps.emplace_back();
    figures.steps.back().name = step.name;
    figures.steps.back().creates = step.creates;
  }
  JourneyWalk walk(ledger, figures);
  auto create = ledger.entries.begin();
  for (const LedgerEntry& step : ledger.step_entries) {
    while (create != ledger.entries.end() && (*create).journey() <= step.operation) walk.take(*create++);
    walk.take(step);
  }
  while (create != ledger.entries.end()) walk.take(*create++);
  walk.finish();
  return figures;
}

Json journeys_json(const JourneyFigures& figures) {
  Json steps = Json::array();
  Histogram response, service;
  for (const StepFigures& it : figures.steps) {
    response.merge(it.response);
    service.merge(it.service);
    steps.push_back({{"step", it.name},
                     {"creates", it.creates},
                     {"sent", it.sent},
                     {"unexpected", it.unexpected},
                     {"noValue", it.no_value},
                     {"notInTime", it.not_in_time},
                     {"unanswered", it.unanswered},
                     {"latency", latency_json(it.response)},
                     {"serviceLatency", latency_json(it.service)}});
  }
  return Json{{"started", figures.started},
              {"completed", figures.completed},
              {"time", latency_json(figures.time)},
              {"latency", latency_json(response)},
              {"serviceLatency", latency_json(service)},
              {"steps", std::move(steps)}};
}

}  // namespace sagactl
