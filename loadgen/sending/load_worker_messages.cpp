// How the worker leads journeys through steps with messages, which other threads carry out.
#include <fmt/format.h>

#include <algorithm>

#include "common/text/text.hpp"
#include "loadgen/sending/load_worker.hpp"

namespace sagactl {
namespace {

constexpr std::int64_t no_limit_ns = INT64_MAX;

std::string late_text(const MessagePlan& plan, const RequestTimes& times, const ReceivedMessage& message) {
  return fmt::format("after {} and not within {}: {}",
                     format_duration(Duration((message.at_ns - times.sent_ns) / 1000)),
                     format_duration(plan.step.within), excerpt_of(message));
}

}  // namespace

// A step that waits counts from the request of its journey from which the message follows: the message may come before
// the answer to that request does.
LoadWorker::MessageInProgress LoadWorker::message_of(const DueUnit& due, std::int64_t now) {
  const RunningJourney& journey = journeys_.at(due.journey);
  const StepPlan& plan = setup_.plan->step(journey.step);
  const MessageStep& step = plan.message->step;
  const bool follows = step.waits && journey.cause_ns != 0;
  MessageInProgress begun;
  begun.entry = entry_of(due, 0);
  begun.journey = due.journey;
  begun.times.sent_ns = follows ? journey.cause_ns : now;
  // A closed loop has no plan.
  const bool is_planned = share_.units == nullptr && (plan.is_cause || !follows);
  begun.times.planned_ns = is_planned ? due.planned_ns : begun.times.sent_ns;
  begun.limit_ns = begun.times.sent_ns + (step.waits ? step.within.count() * 1000 : setup_.timeout_ns);
  begun.within_ns = step.waits ? begun.limit_ns : no_limit_ns;
  return begun;
}

void LoadWorker::begin_message(std::uint32_t place, std::int64_t planned_ns, std::int64_t now) {
  RunningJourney& journey = journeys_.at(place);
  const StepPlan& plan = setup_.plan->step(journey.step);
  if (plan.is_cause) journey.cause_ns = now;
  journey.unanswered = 1;
  journey.is_first = false;
  DueUnit due;
  due.unit = journey.unit;
  due.unit.count = 1;
  due.planned_ns = planned_ns;
  due.journey = place;
  MessageInProgress begun = message_of(due, now);
  const PlannedOrder order = order_of(due, begun.entry);
  StepInProgress step{plan.message.get(), setup_.messages->next_ticket(), inbox_, setup_.writer->message_texts(order)};
  ++in_flight_;
  MessageInProgress& kept = messages_.emplace(step.ticket, std::move(begun)).first->second;
  hand_over(kept, std::move(step), order);
}

void LoadWorker::hand_over(MessageInProgress& begun, StepInProgress step, const PlannedOrder& order) {
  const MessagePlan& plan = *step.plan;
  if (plan.step.kind == MessageStep::Kind::produce) return setup_.messages->kafka().send(std::move(step));
  if (plan.step.kind == MessageStep::Kind::consume) return setup_.messages->kafka().wait(std::move(step));
  auto& streams = journeys_.at(begun.journey).streams;
  if (plan.step.opens()) {
    std::vector<char> head;
    const std::size_t size = setup_.writer->write(order, head);
    begun.stream = setup_.messages->streams().open(order.target, std::string(head.data(), size), std::move(step));
    if (plan.step.stays_open) streams.emplace_back(order.step, begun.stream);
    return;
  }
  const auto found =
      std::find_if(streams.begin(), streams.end(), [&](const auto& it) { return it.first == plan.opened_by; });
  if (found == streams.end()) crash("a step uses a connection that its journey has not opened");
  begun.stream = found->second;
  begun.stream->use(std::move(step));
}

void LoadWorker::take_reports(std::int64_t now) {
  for (const StepReport& report : inbox_->take_all()) {
    const auto found = messages_.find(report.ticket);
    if (found == messages_.end()) continue;  // it was given up
    MessageInProgress over = std::move(found->second);
    messages_.erase(found);
    conclude(over, report, now);
  }
}

void LoadWorker::conclude(MessageInProgress& over, const StepReport& report, std::int64_t now) {
  const StepPlan& plan = setup_.plan->step(over.entry.step);
  over.entry.http_status = static_cast<std::uint16_t>(report.http_status);
  over.entry.failure = report.failure;
  over.times.done_ns = std::max(report.at_ns, over.times.sent_ns);
  over.times.first_byte_ns = over.times.done_ns;
  switch (report.end) {
    case StepReport::End::done:
      break;
    case StepReport::End::refused:
      plan.first_answers.note(FirstAnswers::refusal, report.why, {});
      over.entry.outcome = RequestOutcome::rejected;
      return end_message(over, StepEnd::unexpected, now);
    case StepReport::End::lost:
      plan.first_answers.note(FirstAnswers::refusal, report.why, {});
      over.entry.outcome = RequestOutcome::indeterminate;
      over.times.first_byte_ns = 0;
      if (report.failure == TransportFailure::no_connection) over.times.sent_ns = 0;
      if (over.times.sent_ns == 0) over.entry.outcome = RequestOutcome::unreached;
      return end_message(over, StepEnd::unanswered, now);
  }
  if (report.at_ns > over.within_ns) {
    plan.first_answers.note(FirstAnswers::refusal, late_text(*plan.message, over.times, *report.message), {});
    over.entry.outcome = RequestOutcome::indeterminate;
    return end_message(over, StepEnd::not_in_time, now);
  }
  over.entry.outcome = RequestOutcome::accepted;
  RunningJourney& journey = journeys_.at(over.journey);
  journey.goes_on = true;
  journey.lacks_value = !keep_values_of(over, report);
  --in_flight_;
  over.entry.step_end = follow(over.entry, over.journey, true, now);
  record(over);
}

// What the step keeps of its message. False when something is missing.
bool LoadWorker::keep_values_of(const MessageInProgress& over, const StepReport& report) {
  const StepPlan& step = setup_.plan->step(over.entry.step);
  if (!report.message) return true;
  std::vector<std::string> headers;
  for (const std::string& wanted : step.answers.headers()) {
    headers.emplace_back();
    for (const auto& [name, value] : report.message->headers)
      if (lower(name) == wanted) headers.back() = value;
  }
  if (step.values.read(report.message->text, headers, journeys_.at(over.journey).values) == nullptr) return true;
  step.first_answers.note(FirstAnswers::refusal, excerpt_of(*report.message), {});
  return false;
}

// The journey ends with this step.
void LoadWorker::end_message(MessageInProgress& over, StepEnd end, std::int64_t now) {
  if (over.times.done_ns == 0) over.times.done_ns = now;
  journeys_.close(over.journey);
  --in_flight_;
  over.entry.step_end = end;
  record(over);
}

void LoadWorker::record(MessageInProgress& over) {
  const MessageStep& step = setup_.plan->step(over.entry.step).message->step;
  if (step.opens() && !step.stays_open) over.stream->close();
  if (over.times.sent_ns != 0) log_of(over.entry).count_sent();
  keep(over.entry, over.times);
}

void LoadWorker::end_overdue_messages(std::int64_t now) {
  if (messages_.empty()) return;
  take_reports(now);  // what has come in time
  std::vector<StepTicket> overdue;
  const bool grace_is_over = stopping_ && now >= stop_limit_ns_;
  for (const auto& [ticket, message] : messages_)
    if (grace_is_over || now >= message.limit_ns) overdue.push_back(ticket);
  for (const StepTicket ticket : overdue) {
    MessageInProgress over = std::move(messages_.at(ticket));
    messages_.erase(ticket);
    give_up(ticket, over, now);
  }
}

// Its time is over.
void LoadWorker::give_up(StepTicket ticket, MessageInProgress& overdue, std::int64_t now) {
  const StepPlan& step = setup_.plan->step(overdue.entry.step);
  const MessagePlan& plan = *step.message;
  const CancelledStep cancelled =
      overdue.stream ? overdue.stream->cancel(ticket) : setup_.messages->kafka().cancel(plan, ticket);
  const bool is_missing = plan.step.waits && cancelled.was_connected && now >= overdue.limit_ns;
  overdue.entry.outcome = RequestOutcome::indeterminate;
  if (is_missing) {
    const std::string why = fmt::format("not within {}: {}", format_duration(plan.step.within), cancelled.what_came);
    step.first_answers.note(FirstAnswers::refusal, why, {});
    return end_message(overdue, StepEnd::not_in_time, now);
  }
  overdue.entry.failure = TransportFailure::timed_out;
  if (!cancelled.was_connected) {
    overdue.entry.outcome = RequestOutcome::unreached;
    overdue.times.sent_ns = 0;
  }
  end_message(overdue, StepEnd::unanswered, now);
}

}  // namespace sagactl
