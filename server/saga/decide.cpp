#include "server/saga/decide.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "server/saga/lra_view.hpp"
#include "server/saga/saga_decider.hpp"

namespace sagactl {

Error SagaDecider::not_allowed(std::string_view what, std::string_view states) {
  const std::string status(to_string(saga().status));
  return Error{ErrorCode::conflict,
               fmt::format("saga {} is {}; only a {} saga can be {}", saga().id.text(), status, states, what),
               Json{{"sagaId", saga().id.text()}, {"sagaStatus", status}, {"allowedStatuses", states}}};
}

Result<SagaDecision> SagaDecider::on(const StartSaga&) {
  if (saga().version != 0) return Error{ErrorCode::retry, "the saga has already started"};
  saga().status = SagaStatus::started;
  add_event(EventType::saga_started, event_data());
  advance();
  return finish();
}

Result<SagaDecision> SagaDecider::on(const StepReply& reply) {
  if (reply.step >= saga().steps.size() || step(reply.step).execution != reply.execution)
    return Error{ErrorCode::retry, "the reply is for another execution of the step"};
  const StepStatus expected = reply.direction == Direction::action ? StepStatus::running : StepStatus::compensating;
  const StepState& state = step(reply.step);
  const bool is_undone = state.status == StepStatus::compensating || state.status == StepStatus::compensated ||
                         state.status == StepStatus::failed;
  const auto* done = std::get_if<Succeeded>(&reply.outcome);
  // If its success was known when it was undone, this is only a repeated answer.
  if (is_own() && done && reply.direction == Direction::action && is_undone && has_undo(reply.step) &&
      !is_known_done(reply.step)) {
    undo_late_step(reply.step, *done);
    return finish();
  }
  if (state.status != expected) return Error{ErrorCode::retry, "the step already has an outcome"};
  // It was given up because of an earlier answer; only a success would still count.
  if (is_lra() && !done && is_given_up(saga(), reply.step)) return Error{ErrorCode::retry, "the step was given up"};
  const bool is_final =
      std::holds_alternative<Succeeded>(reply.outcome) || std::holds_alternative<Refused>(reply.outcome);
  const bool is_latest = reply.tries == 0 || (reply.tries == state.tries && reply.since == state.began_at);
  const bool is_about_failure = is_lra() && done && done->kept.ends_with(lra_forgotten_member);
  if (is_about_failure && !(is_told_to_forget(state) && is_latest))
    return Error{ErrorCode::retry, "the reply is to an earlier call that told it to forget its failure"};
  if (!is_final && !is_latest)
    return Error{ErrorCode::retry, "the reply is to an earlier call; a later one is in progress"};
  const bool is_earlier_undo = reply.direction == Direction::compensation && state.undo_round > 0 && reply.tries != 0 &&
                               reply.since != state.began_at;
  if (is_earlier_undo)
    return Error{ErrorCode::retry, "the reply is to an earlier undo; the step has to be undone again"};
  if (reply.direction == Direction::action)
    on_action_reply(reply.step, reply.outcome);
  else
    on_compensation_reply(reply.step, reply.outcome);
  return finish();
}

Result<SagaDecision> SagaDecider::on(const WakeSaga& wake) {
  if (is_terminal(saga().status)) return Error{ErrorCode::retry, "the saga has ended"};
  if (wake.timer && saga().wake_at != wake.timer) return Error{ErrorCode::retry, "the timer is out of date"};
  if (open_step(saga()) == saga().steps.size()) {
    if (saga().status == SagaStatus::started)
      advance();
    else
      roll_back();
    return finish();
  }
  const Timestamp due = wake.timer ? std::max(moment_.now, *wake.timer) : moment_.now;
  if (const auto limit = deadline(); limit && *limit <= due) {
    start_compensation(deadline_reason());
    return finish();
  }
  StepSet woken;
  for (std::size_t i = 0; i < saga().steps.size(); ++i)
    woken[i] = is_in_progress(step(i)) && !(is_lra() && is_given_up(saga(), i)) &&
               (!wake.timer || (step(i).wake_at && *step(i).wake_at <= due));
  // Waking one step may end the saga, or call another step.
  for (std::size_t i = 0; i < saga().steps.size() && !is_terminal(saga().status); ++i)
    if (woken[i] && is_in_progress(step(i)) && !was_called_now(i)) wake_step(i, !wake.timer, due);
  return finish();
}

bool SagaDecider::was_called_now(std::size_t i) const {
  return std::any_of(out_.calls.begin(), out_.calls.end(), [i](const StepCall& call) { return call.step == i; });
}

void SagaDecider::wake_step(std::size_t i, bool is_adopted, Timestamp due) {
  const Direction direction = direction_of(step(i));
  const StepDefinition& definition = step_definition(i);
  const bool waits = definition.only_waits();
  const bool is_over = waits && step(i).wake_at && *step(i).wake_at <= due;
  const bool goes_forward = saga().status == SagaStatus::started || direction == Direction::compensation || !is_own();
  // The call may still wait on a node that does not know yet that the saga has turned back.
  if (is_adopted && !goes_forward && step(i).calling) return;
  give_up_call(i);
  if (definition.kind == StepKind::sleep && is_over) {
    on_action_reply(i, Succeeded{});
  } else if (definition.kind == StepKind::wait && definition.call && definition.call->ask &&
             (is_over || step(i).tries > 0)) {
    issue_call(i, direction, Question::only);
  } else if (definition.kind == StepKind::wait && is_over) {
    on_action_reply(i, Refused{fmt::format("{} within {}", is_lra() ? "not closed" : "no answer",
                                           format_duration(definition.waits))});
  } else if (waits) {
    issue_call(i, direction);
  } else if (!goes_forward) {
    if (is_adopted) step(i).began_at = moment_.now;
    step(i).wake_at.reset();
    roll_back();
  } else if (is_adopted) {
    restart_calls(i, direction);
  } else if (has_budget(i, direction)) {
    issue_call(i, direction);
  } else {
    const std::string reason = step(i).error.empty() ? "no answer in time" : step(i).error;
    exhaust_budget(i, direction, reason);
  }
}

Result<SagaDecision> SagaDecider::on(const ProceedSaga&) {
  const std::size_t i = open_step(saga());
  if (saga().status != SagaStatus::started || i == saga().steps.size()) return not_allowed("continued", "started");
  restart_calls(i, Direction::action);
  return finish();
}

Result<SagaDecision> SagaDecider::on(const CompensateSaga& command) {
  if (has_begun_to_forget())
    return Error{ErrorCode::conflict,
                 fmt::format("LRA {} is closed, and its participants were told that they may forget how to compensate",
                             saga().id.text()),
                 Json{{"code", "LRA_FORGOTTEN"}, {"sagaId", saga().id.text()}}};
  // Its client has heard that it is closed, and so has whoever listens.
  if (is_lra() && lra_status_of(saga()) == LraStatus::closed && !is_closed_for_now(saga()))
    return Error{ErrorCode::conflict,
                 fmt::format("LRA {} is Closed, which is final: its participants have completed", saga().id.text()),
                 Json{{"code", "LRA_CLOSED"}, {"sagaId", saga().id.text()}}};
  switch (saga().status) {
    case SagaStatus::compensating:
    case SagaStatus::compensated:
      return not_allowed("compensated", "started, completed or failed");
    case SagaStatus::started:
    case SagaStatus::completed:
      break;
    case SagaStatus::failed: {
      // A step whose action is still in doubt is compensated as if it were in effect; the participant asks first.
      const std::size_t i = is_own() ? saga().steps.size() : open_step(saga());
      if (i < saga().steps.size() && step(i).status == StepStatus::running && step(i).in_doubt) {
        enter_compensating(command.reason, command.by);
        start_step(i, Direction::compensation);
        return finish();
      }
      break;
    }
  }
  enter_compensating(command.reason, command.by);
  roll_back(true);
  return finish();
}

Result<SagaDecision> SagaDecider::on(const StopSaga& command) {
  if (is_terminal(saga().status) && !saga().requires_manual_intervention)
    return not_allowed("stopped", "started or compensating");
  if (saga().status == SagaStatus::compensating && is_own() && !is_lra()) keep_going_back();
  saga().status = SagaStatus::failed;
  saga().requires_manual_intervention = false;
  saga().error = command.reason;
  add_event(EventType::saga_failed, event_data().add("reason", command.reason), command.by);
  return finish();
}

// Whether a user's saga that has failed was being undone.
bool SagaDecider::goes_back() const {
  return std::any_of(out_.saga.steps.begin(), out_.saga.steps.end(), [](const StepState& s) {
    return s.status == StepStatus::compensating || s.status == StepStatus::compensated ||
           s.status == StepStatus::failed;
  });
}

// Before a saga that goes back is stopped: if no step shows that it does, one whose outcome is unknown counts as being
// undone, so that a retry goes on back.
void SagaDecider::keep_going_back() {
  for (std::size_t i = 0; i < saga().steps.size() && !goes_back(); ++i) {
    if (step(i).status != StepStatus::running) continue;
    give_up_call(i);
    step(i).status = StepStatus::compensating;
    step(i).tries = 0;
    step(i).location.clear();
  }
}

// A failed saga continues once an operator has answered for one of its steps: the others are called again.
void SagaDecider::resume_others() {
  if (is_lra()) return retry_given_up();
  const bool is_undone = saga().status == SagaStatus::compensating;
  for (std::size_t i = 0; i < saga().steps.size(); ++i) {
    const bool is_idle = is_in_progress(step(i)) && !step(i).wake_at && !was_called_now(i);
    const Direction direction = direction_of(step(i));
    if (is_idle && (direction == Direction::compensation) == is_undone) restart_calls(i, direction);
  }
  if (is_undone) roll_back();
}

Result<SagaDecision> SagaDecider::on(const TryNow& command) {
  if (is_terminal(saga().status) || !is_own()) return not_allowed("tried", "started or compensating");
  for (std::size_t i = 0; i < saga().steps.size(); ++i) {
    const StepState& state = step(i);
    const bool is_over = is_lra() && is_given_up(saga(), i);
    const bool waits_for_try = is_in_progress(state) && !state.calling && state.tries > 0 && !is_over;
    const bool goes_back = saga().status == SagaStatus::compensating && state.status == StepStatus::running;
    const bool is_meant = !command.nested || is_of_nested(i, *command.nested);
    if (!is_meant || !waits_for_try || goes_back || !has_budget(i, direction_of(state))) continue;
    issue_call(i, direction_of(state),
               step_definition(i).kind == StepKind::wait ? Question::only : Question::before_call_in_doubt);
  }
  if (command.nested && out_.calls.empty()) return Error{ErrorCode::retry, "nothing waits for the nested LRA"};
  return finish();
}

Result<SagaDecision> SagaDecider::on(const AnswerStep& command) {
  const std::string name = command.step < saga().steps.size() ? step_definition(command.step).name : "?";
  if (command.step >= saga().steps.size() || !is_in_progress(step(command.step)))
    return Error{ErrorCode::conflict,
                 fmt::format("step {} of saga {} is {}; only one that is in progress is answered or skipped", name,
                             saga().id.text(),
                             command.step < saga().steps.size() ? to_string(step(command.step).status) : "unknown"),
                 Json{{"sagaId", saga().id.text()}, {"step", name}, {"code", "STEP_NOT_IN_PROGRESS"}}};
  const std::size_t i = command.step;
  const Direction direction = direction_of(step(i));
  const bool was_failed = saga().status == SagaStatus::failed;
  if (was_failed) {
    saga().status = goes_back() ? SagaStatus::compensating : SagaStatus::started;
    saga().requires_manual_intervention = false;
    if (saga().status == SagaStatus::started) saga().error.clear();
    saga().retries.push_back(OperatorRetry{moment_.now, name, command.by});
  }
  add_event(EventType::saga_retried,
            event_data()
                .add("step", name)
                .add("direction", to_string(direction))
                .add("by", command.by)
                .add("answer", std::holds_alternative<Succeeded>(command.outcome) ? "done"
                               : std::holds_alternative<Refused>(command.outcome) ? "refused"
                                                                                  : "again")
                .add("reason", command.reason),
            command.by);
  by_ = command.by;
  if (std::holds_alternative<Unavailable>(command.outcome)) {
    // A saga that compensates does not repeat an action: once the call in progress is over, it asks about the step or
    // undoes it.
    if (!step(i).calling) step(i).wake_at.reset();
    const bool is_repeated = saga().status == SagaStatus::started || direction == Direction::compensation;
    if (is_repeated) restart_calls(i, direction);
    if (saga().status == SagaStatus::compensating) roll_back();
  } else if (direction == Direction::action)
    on_action_reply(i, command.outcome);
  else
    on_compensation_reply(i, command.outcome);
  if (was_failed && !is_terminal(saga().status)) resume_others();
  return finish();
}

Result<SagaDecision> SagaDecider::on(const RetrySaga& command) {
  if (saga().status != SagaStatus::failed && saga().status != SagaStatus::compensated)
    return not_allowed("retried", "failed or compensated");
  const bool was_compensated = saga().status == SagaStatus::compensated;
  if (was_compensated && is_lra()) return not_allowed("retried", "failed");
  if (was_compensated && command.was_refunded && !command.recharge)
    return Error{ErrorCode::conflict,
                 "the payment was refunded; charging it again requires \"recharge\": true, or retry --recharge",
                 Json{{"sagaId", saga().id.text()}, {"code", "RECHARGE_REQUIRED"}}};
  if (was_compensated) {
    for (StepState& s : saga().steps) {
      const int execution = s.execution == 0 ? 0 : s.execution + 1;
      s = StepState{};
      s.execution = execution;
    }
  }
  std::size_t from = open_step(saga());
  const bool between_steps = from == saga().steps.size();
  // It failed while compensating, and the compensation of that step has been confirmed since then.
  const bool compensates = between_steps && std::any_of(saga().steps.begin(), saga().steps.end(), [](const auto& s) {
                             return s.status == StepStatus::compensated;
                           });
  if (between_steps)
    for (from = 0; from + 1 < saga().steps.size() && step(from).status == StepStatus::succeeded;) ++from;
  const bool is_undone =
      compensates || (is_own() ? !was_compensated && goes_back() : direction_of(step(from)) == Direction::compensation);
  const Direction direction = is_undone ? Direction::compensation : Direction::action;
  saga().status = direction == Direction::action ? SagaStatus::started : SagaStatus::compensating;
  saga().requires_manual_intervention = false;
  if (direction == Direction::action) saga().error.clear();
  saga().retries.push_back(OperatorRetry{moment_.now, step_definition(from).name, command.by});
  JsonObject data = event_data();
  data.add("step", step_definition(from).name).add("direction", to_string(direction)).add("by", command.by);
  if (!command.reason.empty()) data.add("reason", command.reason);
  add_event(EventType::saga_retried, std::move(data), command.by);
  if (is_lra())
    retry_given_up();
  else if (!between_steps)
    for (std::size_t i = from; i < saga().steps.size(); ++i)
      if (is_in_progress(step(i)) && direction_of(step(i)) == direction) restart_calls(i, direction);
  direction == Direction::action ? advance() : roll_back();
  return finish();
}

Result<SagaDecision> decide(const SagaDefinition& definition, Saga saga, const SagaCommand& command,
                            const Moment& moment) {
  if (saga.steps.size() != definition.steps.size())
    return Error{ErrorCode::bug, fmt::format("saga {} has {} steps, its definition {} has {}", saga.id.text(),
                                             saga.steps.size(), definition.name, definition.steps.size())};
  SagaDecider decider(definition, std::move(saga), moment);
  return std::visit([&](const auto& it) { return decider.on(it); }, command);
}

std::string_view reason_of(const Outcome& outcome) {
  return std::visit(
      [](const auto& it) -> std::string_view {
        if constexpr (requires { it.reason; })
          return it.reason;
        else
          return {};
      },
      outcome);
}

Saga new_saga(const SagaDefinition& definition, SagaId id, const Moment& moment) {
  Saga saga;
  saga.id = id;
  saga.type = definition.name;
  saga.definition_version = definition.version;
  saga.steps.resize(definition.steps.size());
  saga.owner = Owner{moment.node, moment.epoch};
  saga.created_at = saga.updated_at = moment.now;
  return saga;
}

Duration backoff(const RetryPolicy& policy, int tries, std::uint64_t entropy) {
  Duration bound = policy.first;
  for (int i = 1; i < tries && bound < policy.cap; ++i) bound *= 2;
  bound = std::min(bound, policy.cap);
  const auto range = static_cast<std::uint64_t>(bound.count()) + 1;
  return Duration{static_cast<std::int64_t>(entropy % range)};
}

}  // namespace sagactl
