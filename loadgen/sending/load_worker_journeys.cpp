// How the worker leads journeys from step to step.
#include <algorithm>

#include "loadgen/sending/load_worker.hpp"

namespace sagactl {

void LoadWorker::begin(const LoadUnit& unit, std::int64_t planned_ns, std::int64_t now) {
  const std::uint32_t place = journeys_.open(unit);
  RunningJourney& journey = journeys_.at(place);
  journey.user = user_for(unit, unit.operation);
  journey.branch = setup_.plan->branch_of(unit.journey);
  if (setup_.plan->cookies() == CookieUse::journey) journey.jar = setup_.writer->users().jar(journey.user);
  const std::size_t first = *setup_.plan->next(0, journey.branch);
  journey.step = static_cast<std::uint8_t>(first);
  const std::int64_t due_ns = planned_ns + setup_.plan->pause_ns(first, unit.journey);
  if (due_ns > now) {
    journey.until_ns = due_ns + setup_.plan->step(first).at_most_ns;
    return journeys_.pause(place, due_ns);
  }
  admit(place, due_ns, now);
}

// The step of the journey is due. When the backlog is full, a new journey is skipped, and a request in the middle of
// one is not sent.
void LoadWorker::admit(std::uint32_t place, std::int64_t planned_ns, std::int64_t now) {
  RunningJourney& journey = journeys_.at(place);
  const StepPlan& step = setup_.plan->step(journey.step);
  if (step.message) return begin_message(place, planned_ns, now);
  DueUnit due;
  due.unit = journey.unit;
  if (!step.creates) due.unit.count = 1;
  due.planned_ns = planned_ns;
  due.own_late_ns = std::max<std::int64_t>(0, now - planned_ns);
  due.journey = place;
  if (journey.until_ns == 0) journey.until_ns = planned_ns + step.at_most_ns;
  journey.unanswered = due.unit.count;
  const std::size_t queue = due.unit.count == 1 ? queue_of(due.unit.operation) : backlog_.group_queue();
  const bool fits = backlog_.push(queue, due);
  if (!fits && journey.is_first) {
    health_.skipped += due.unit.count;
    count_own_lateness(due);
    journeys_.close(place);
  } else if (!fits) {
    drop(due, 0, TransportFailure::no_connection, now);
  }
  health_.backlog_peak = std::max(health_.backlog_peak, backlog_.requests());
}

// To another step of the journey, after its pause.
void LoadWorker::go_on(std::uint32_t place, std::size_t step, std::int64_t now) {
  RunningJourney& journey = journeys_.at(place);
  journey.step = static_cast<std::uint8_t>(step);
  journey.is_first = false;
  journey.repeat = 0;
  journey.goes_on = journey.has_order = journey.lacks_value = false;
  const std::int64_t due_ns = now + setup_.plan->pause_ns(step, journey.unit.journey);
  journey.until_ns = due_ns + setup_.plan->step(step).at_most_ns;
  if (due_ns > now)
    journeys_.pause(place, due_ns);
  else
    admit(place, due_ns, now);
}

// The request has its outcome: what becomes of its journey. `is_marked`: the answer is what the step waits for.
StepEnd LoadWorker::follow(const LedgerEntry& entry, std::uint32_t place, bool is_marked, std::int64_t now) {
  RunningJourney& journey = journeys_.at(place);
  const StepPlan& step = setup_.plan->step(entry.step);
  if (--journey.unanswered > 0) {
    journeys_.release_one(place);
    return StepEnd::next;
  }
  if (!journey.goes_on || journey.lacks_value) return end_early(entry, place);
  if (step.repeats && !is_marked) {
    if (now + step.every_ns > journey.until_ns || stopping_) {
      journeys_.close(place);
      return stopping_ ? StepEnd::next : StepEnd::not_in_time;
    }
    ++journey.repeat;
    journey.is_first = journey.goes_on = journey.has_order = false;
    journeys_.pause(place, now + step.every_ns);
    return StepEnd::next;
  }
  const auto next = setup_.plan->next(entry.step + std::size_t{1}, journey.branch);
  if (next && !stopping_) {
    go_on(place, *next, now);
    return StepEnd::next;
  }
  journeys_.close(place);
  return next ? StepEnd::next : StepEnd::last;
}

StepEnd LoadWorker::end_early(const LedgerEntry& entry, std::uint32_t place) {
  const bool lacks_value = journeys_.at(place).lacks_value;
  journeys_.close(place);
  if (lacks_value) return StepEnd::no_value;
  const bool creates = setup_.plan->step(entry.step).creates;
  // A refused order has no further steps. One whose outcome is not known ends its journey as well.
  if (creates) return entry.outcome == RequestOutcome::rejected ? StepEnd::last : StepEnd::unanswered;
  return entry.http_status != 0 ? StepEnd::unexpected : StepEnd::unanswered;
}

}  // namespace sagactl
