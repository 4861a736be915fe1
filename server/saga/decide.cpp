#include "server/saga/decide.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text/json_object.hpp"

namespace sagactl {
namespace {

// One decision in the making: the state that changes, and what comes of it.
class Deciding {
 public:
  Deciding(const SagaDefinition& definition, Saga saga, const Moment& moment)
      : definition_(definition), moment_(moment) {
    out_.saga = std::move(saga);
  }

  Result<SagaDecision> on(const StartSaga&);
  Result<SagaDecision> on(const StepReply& reply);
  Result<SagaDecision> on(const WakeSaga& wake);
  Result<SagaDecision> on(const CompensateSaga& command);
  Result<SagaDecision> on(const RetrySaga& command);
  Result<SagaDecision> on(const ProceedSaga&);

 private:
  Saga& saga() { return out_.saga; }
  StepState& step(std::size_t i) { return out_.saga.steps[i]; }
  const StepDefinition& defined(std::size_t i) const { return definition_.steps[i]; }

  Result<SagaDecision> done();
  JsonObject about() const;
  void record(EventType type, JsonObject data, const std::string& by = {});
  void settle(std::size_t i, StepStatus status);

  void call(std::size_t i, Direction direction);
  void begin(std::size_t i, Direction direction);
  void call_again(std::size_t i, Direction direction);
  void wait_for_next_try(std::size_t i, Direction direction);
  void try_again(std::size_t i, Direction direction, const Unavailable* answer);
  bool budget_left(std::size_t i, Direction direction);

  void go_forward();
  void begin_compensation(const std::string& reason, const std::string& by = {});
  void go_backward();
  void fail(std::size_t i, Direction direction, const std::string& reason);
  void give_up(std::size_t i, Direction direction, const std::string& reason);
  bool past_pivot(std::size_t i) {
    return i > definition_.pivot && step(definition_.pivot).status == StepStatus::succeeded;
  }
  std::size_t open_step() { return sagactl::open_step(saga()); }

  void action_replied(std::size_t i, const Outcome& outcome);
  void compensation_replied(std::size_t i, const Outcome& outcome);
  Error refuse(std::string_view what, std::string_view states);

  const SagaDefinition& definition_;
  const Moment& moment_;
  SagaDecision out_;
};

const RetryPolicy& policy_of(const StepDefinition& step, Direction direction) {
  return direction == Direction::action ? step.retry : step.compensation_retry;
}

Result<SagaDecision> Deciding::done() {
  saga().updated_at = moment_.now;
  saga().owner = Owner{moment_.node, moment_.epoch};
  if (is_terminal(saga().status)) saga().wake_at.reset();
  return std::move(out_);
}

// The members that every event of a saga begins with.
JsonObject Deciding::about() const {
  const std::string id = out_.saga.id.text();
  JsonObject data;
  data.add("sagaId", id).add("sagaType", out_.saga.type).add("orderId", id);
  return data;
}

void Deciding::record(EventType type, JsonObject data, const std::string& by) {
  Event event;
  event.metadata = requested_by(by);
  event.type = type;
  event.aggregate_type = AggregateType::saga;
  event.aggregate = saga().id.uuid;
  event.version = ++saga().version;
  event.order = order_of(saga().id);
  event.data = data.take();
  event.correlation = saga().correlation;
  out_.events.push_back(std::move(event));
}

// Gives a step the status in which it rests.
void Deciding::settle(std::size_t i, StepStatus status) {
  step(i).status = status;
  step(i).in_doubt = false;
  step(i).ended_at = moment_.now;
  step(i).node = moment_.node;
  saga().wake_at.reset();
}

void Deciding::call(std::size_t i, Direction direction) {
  StepState& s = step(i);
  const bool ask_first = s.in_doubt;
  ++s.tries;
  s.in_doubt = true;
  s.node = moment_.node;
  saga().wake_at = moment_.now + defined(i).timeout;
  out_.calls.push_back(StepCall{saga().id, i, direction, s.execution, s.tries, ask_first, s.began_at});
}

void Deciding::begin(std::size_t i, Direction direction) {
  StepState& s = step(i);
  s.status = direction == Direction::action ? StepStatus::running : StepStatus::compensating;
  s.execution = std::max(s.execution, 1);
  s.tries = 0;
  s.began_at = moment_.now;
  s.error.clear();
  // An action that begins has not been tried in this execution. A compensation that begins undoes a step whose
  // action may still be in doubt: then the participant is to ask.
  if (direction == Direction::action) s.in_doubt = false;
  call(i, direction);
}

// Begins the tries of an open step anew, with a fresh budget.
void Deciding::call_again(std::size_t i, Direction direction) {
  step(i).tries = 0;
  step(i).began_at = moment_.now;
  call(i, direction);
}

bool Deciding::budget_left(std::size_t i, Direction direction) {
  if (moment_.now - step(i).began_at >= policy_of(defined(i), direction).budget) return false;
  if (direction == Direction::compensation || past_pivot(i)) return true;
  const Timestamp began = saga().retries.empty() ? saga().created_at : saga().retries.back().at;
  return moment_.now - began < definition_.timeout;
}

void Deciding::wait_for_next_try(std::size_t i, Direction direction) {
  saga().wake_at = moment_.now + backoff(policy_of(defined(i), direction), step(i).tries, moment_.entropy);
}

void Deciding::try_again(std::size_t i, Direction direction, const Unavailable* answer) {
  if (answer && answer->again_now) call(i, direction);
  else wait_for_next_try(i, direction);
}

void Deciding::go_forward() {
  for (std::size_t i = 0; i < saga().steps.size(); ++i) {
    if (step(i).status == StepStatus::succeeded) continue;
    begin(i, Direction::action);
    return;
  }
  saga().status = SagaStatus::completed;
  saga().error.clear();
  record(EventType::saga_completed, about());
}

void Deciding::begin_compensation(const std::string& reason, const std::string& by) {
  saga().status = SagaStatus::compensating;
  saga().error = reason;
  saga().requires_manual_intervention = false;
  record(EventType::saga_compensating, about().add("reason", reason), by);
  go_backward();
}

// Undoes the last step that is in effect, or ends when none is. A step that is under way is waited for.
void Deciding::go_backward() {
  for (std::size_t i = saga().steps.size(); i-- > 0;) {
    StepState& s = step(i);
    if (s.status == StepStatus::running) {
      if (s.in_doubt) return;
      settle(i, StepStatus::failed);
    }
    if (s.status == StepStatus::compensating) {
      call_again(i, Direction::compensation);
      return;
    }
    if (s.status != StepStatus::succeeded) continue;
    if (!defined(i).compensation.empty()) {
      begin(i, Direction::compensation);
      return;
    }
    settle(i, StepStatus::compensated);
  }
  saga().status = SagaStatus::compensated;
  record(EventType::saga_compensated, about().add("reason", saga().error));
}

// Ends the saga where it stands; a person has to look at it.
void Deciding::fail(std::size_t i, Direction direction, const std::string& reason) {
  saga().status = SagaStatus::failed;
  saga().error = fmt::format("{} of {} failed: {}", to_string(direction), defined(i).name, reason);
  saga().requires_manual_intervention = true;
  const EventType type =
      direction == Direction::action ? EventType::saga_failed : EventType::saga_compensation_failed;
  record(type, about()
                   .add("step", defined(i).name)
                   .add("attempt", step(i).execution)
                   .add("reason", reason)
                   .add("requiresManualIntervention", true));
}

// A step's budget is used up. A saga that was going back goes on back when a person has it tried again: the step, which
// may be in effect, is undone then, and never done.
void Deciding::give_up(std::size_t i, Direction direction, const std::string& reason) {
  if (direction == Direction::compensation || step(i).in_doubt || past_pivot(i)) {
    const bool is_going_back = saga().status == SagaStatus::compensating;
    if (is_going_back && defined(i).compensation.empty()) {
      settle(i, StepStatus::compensated);
      go_backward();
      return;
    }
    fail(i, direction, reason);
    if (is_going_back) step(i).status = StepStatus::compensating;
    return;
  }
  settle(i, StepStatus::failed);
  begin_compensation(reason);
}

void Deciding::action_replied(std::size_t i, const Outcome& outcome) {
  StepState& s = step(i);
  const bool undoing = saga().status == SagaStatus::compensating;
  if (std::holds_alternative<Succeeded>(outcome)) {
    s.error.clear();
    settle(i, StepStatus::succeeded);
    if (defined(i).listed)
      record(EventType::saga_step_completed, about().add("step", defined(i).name).add("attempt", s.execution));
    if (undoing) go_backward();
    else if (saga().status == SagaStatus::started) go_forward();
    return;
  }
  if (const auto* unknown = std::get_if<UnknownOutcome>(&outcome)) {
    s.error = unknown->reason;
    if (saga().status == SagaStatus::failed) return;
    if (budget_left(i, Direction::action)) wait_for_next_try(i, Direction::action);
    else give_up(i, Direction::action, unknown->reason);
    return;
  }
  if (const auto* awaited = std::get_if<Awaited>(&outcome); awaited && !undoing) {
    s.in_doubt = false;
    s.error = awaited->reason;
    saga().wake_at = s.began_at + defined(i).retry.budget;
    return;
  }
  const auto* refused = std::get_if<Refused>(&outcome);
  const auto* unavailable = std::get_if<Unavailable>(&outcome);
  s.in_doubt = false;
  s.error = refused ? refused->reason : unavailable ? unavailable->reason : std::get<Awaited>(outcome).reason;
  const std::string reason = s.error;
  if (saga().status == SagaStatus::failed) return;
  if (undoing) {
    settle(i, StepStatus::failed);
    go_backward();
  } else if (refused && !past_pivot(i)) {
    settle(i, StepStatus::failed);
    begin_compensation(reason);
  } else if (budget_left(i, Direction::action)) {
    try_again(i, Direction::action, unavailable);
  } else {
    give_up(i, Direction::action, reason);
  }
}

void Deciding::compensation_replied(std::size_t i, const Outcome& outcome) {
  StepState& s = step(i);
  if (std::holds_alternative<Succeeded>(outcome)) {
    s.error.clear();
    settle(i, StepStatus::compensated);
    record(EventType::saga_step_compensated, about()
                                                 .add("step", defined(i).name)
                                                 .add("compensation", defined(i).compensated_as)
                                                 .add("attempt", s.execution));
    if (saga().status == SagaStatus::compensating) go_backward();
    return;
  }
  const auto* refused = std::get_if<Refused>(&outcome);
  const auto* unavailable = std::get_if<Unavailable>(&outcome);
  const auto* unknown = std::get_if<UnknownOutcome>(&outcome);
  s.error = refused       ? refused->reason
            : unavailable ? unavailable->reason
            : unknown     ? unknown->reason
                          : std::get<Awaited>(outcome).reason;
  if (!unknown) s.in_doubt = false;
  if (saga().status == SagaStatus::failed) return;
  const std::string reason = s.error;
  if (!refused && budget_left(i, Direction::compensation)) try_again(i, Direction::compensation, unavailable);
  else fail(i, Direction::compensation, reason);
}

Error Deciding::refuse(std::string_view what, std::string_view states) {
  const std::string status(to_string(saga().status));
  return Error{ErrorCode::conflict,
               fmt::format("saga {} is {}; only a {} saga can be {}", saga().id.text(), status, states, what),
               Json{{"sagaId", saga().id.text()}, {"sagaStatus", status}, {"allowedStatuses", states}}};
}

Result<SagaDecision> Deciding::on(const StartSaga&) {
  if (saga().version != 0) return Error{ErrorCode::retry, "the saga has begun already"};
  saga().status = SagaStatus::started;
  record(EventType::saga_started, about());
  go_forward();
  return done();
}

Result<SagaDecision> Deciding::on(const StepReply& reply) {
  if (reply.step >= saga().steps.size() || step(reply.step).execution != reply.execution)
    return Error{ErrorCode::retry, "the reply is for another execution of the step"};
  const StepStatus wanted =
      reply.direction == Direction::action ? StepStatus::running : StepStatus::compensating;
  const StepState& state = step(reply.step);
  if (state.status != wanted) return Error{ErrorCode::retry, "the step's outcome is known already"};
  const bool is_final =
      std::holds_alternative<Succeeded>(reply.outcome) || std::holds_alternative<Refused>(reply.outcome);
  const bool is_latest = reply.tries == 0 || (reply.tries == state.tries && reply.since == state.began_at);
  if (!is_final && !is_latest) return Error{ErrorCode::retry, "the reply is to an earlier call; a later one is under way"};
  if (reply.direction == Direction::action) action_replied(reply.step, reply.outcome);
  else compensation_replied(reply.step, reply.outcome);
  return done();
}

Result<SagaDecision> Deciding::on(const WakeSaga& wake) {
  if (is_terminal(saga().status)) return Error{ErrorCode::retry, "the saga has ended"};
  if (wake.timer && saga().wake_at != wake.timer) return Error{ErrorCode::retry, "the timer is out of date"};
  const std::size_t i = open_step();
  if (i == saga().steps.size()) {
    if (saga().status == SagaStatus::started) go_forward();
    else go_backward();
    return done();
  }
  const Direction direction = direction_of(step(i));
  if (!wake.timer) {
    call_again(i, direction);
  } else if (budget_left(i, direction)) {
    call(i, direction);
  } else {
    const std::string reason = step(i).error.empty() ? "no answer came in time" : step(i).error;
    give_up(i, direction, reason);
  }
  return done();
}

Result<SagaDecision> Deciding::on(const ProceedSaga&) {
  const std::size_t i = open_step();
  if (saga().status != SagaStatus::started || i == saga().steps.size()) return refuse("continued", "started");
  call_again(i, Direction::action);
  return done();
}

Result<SagaDecision> Deciding::on(const CompensateSaga& command) {
  switch (saga().status) {
    case SagaStatus::compensating:
    case SagaStatus::compensated: return refuse("compensated", "started, completed or failed");
    case SagaStatus::started:
    case SagaStatus::completed: break;
    case SagaStatus::failed: {
      // A step whose action stayed in doubt is undone as if it were in effect; the participant asks first.
      const std::size_t i = open_step();
      if (i < saga().steps.size() && step(i).status == StepStatus::running && step(i).in_doubt) {
        saga().status = SagaStatus::compensating;
        saga().error = command.reason;
        saga().requires_manual_intervention = false;
        record(EventType::saga_compensating, about().add("reason", command.reason), command.by);
        begin(i, Direction::compensation);
        return done();
      }
      break;
    }
  }
  begin_compensation(command.reason, command.by);
  return done();
}

Result<SagaDecision> Deciding::on(const RetrySaga& command) {
  if (saga().status != SagaStatus::failed && saga().status != SagaStatus::compensated)
    return refuse("retried", "failed or compensated");
  const bool undone = saga().status == SagaStatus::compensated;
  if (undone && command.was_refunded && !command.recharge)
    return Error{ErrorCode::conflict,
                 "the payment was given back; charging it again must be asked for with \"recharge\": true",
                 Json{{"sagaId", saga().id.text()}, {"code", "RECHARGE_REQUIRED"}}};
  if (undone) {
    for (StepState& s : saga().steps) {
      const int execution = s.execution == 0 ? 0 : s.execution + 1;
      s = StepState{};
      s.execution = execution;
    }
  }
  std::size_t from = open_step();
  const bool between_steps = from == saga().steps.size();
  // It failed while it was going back, and the undoing of that step has been confirmed since.
  const bool goes_back = between_steps && std::any_of(saga().steps.begin(), saga().steps.end(), [](const auto& s) {
                           return s.status == StepStatus::compensated;
                         });
  if (between_steps)
    for (from = 0; from + 1 < saga().steps.size() && step(from).status == StepStatus::succeeded;) ++from;
  const Direction direction = goes_back ? Direction::compensation : direction_of(step(from));
  saga().status = direction == Direction::action ? SagaStatus::started : SagaStatus::compensating;
  saga().requires_manual_intervention = false;
  if (direction == Direction::action) saga().error.clear();
  saga().retries.push_back(OperatorRetry{moment_.now, std::string(defined(from).name), command.by});
  record(EventType::saga_retried, about()
                                      .add("step", defined(from).name)
                                      .add("direction", to_string(direction))
                                      .add("by", command.by),
         command.by);
  if (!between_steps) call_again(from, direction);
  else if (goes_back) go_backward();
  else go_forward();
  return done();
}

}  // namespace

Result<SagaDecision> decide(const SagaDefinition& definition, Saga saga, const SagaCommand& command,
                            const Moment& moment) {
  if (saga.steps.size() != definition.steps.size())
    return Error{ErrorCode::bug, fmt::format("saga {} has {} steps, its definition {} has {}", saga.id.text(),
                                             saga.steps.size(), definition.name, definition.steps.size())};
  Deciding deciding(definition, std::move(saga), moment);
  return std::visit([&](const auto& it) { return deciding.on(it); }, command);
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

std::string current_step(const SagaDefinition& definition, const Saga& saga) {
  if (saga.status == SagaStatus::completed || saga.status == SagaStatus::compensated)
    return std::string(to_string(saga.status));
  for (std::size_t i = 0; i < saga.steps.size() && i < definition.steps.size(); ++i) {
    const StepStatus status = saga.steps[i].status;
    if (status == StepStatus::running || status == StepStatus::compensating || status == StepStatus::pending)
      return std::string(definition.steps[i].name);
  }
  return std::string(to_string(saga.status));
}

std::vector<std::string> completed_steps(const SagaDefinition& definition, const Saga& saga) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < saga.steps.size() && i < definition.steps.size(); ++i) {
    const StepStatus status = saga.steps[i].status;
    if (definition.steps[i].listed && (status == StepStatus::succeeded || status == StepStatus::compensating ||
                                       status == StepStatus::compensated))
      names.emplace_back(definition.steps[i].name);
  }
  return names;
}

std::vector<std::string> compensation_steps(const SagaDefinition& definition, const Saga& saga) {
  std::vector<std::string> names;
  for (std::size_t i = std::min(saga.steps.size(), definition.steps.size()); i-- > 0;)
    if (saga.steps[i].status == StepStatus::compensated && !definition.steps[i].compensated_as.empty())
      names.emplace_back(definition.steps[i].compensated_as);
  return names;
}

Duration backoff(const RetryPolicy& policy, int tries, std::uint64_t entropy) {
  Duration bound = policy.first;
  for (int i = 1; i < tries && bound < policy.cap; ++i) bound *= 2;
  bound = std::min(bound, policy.cap);
  const auto range = static_cast<std::uint64_t>(bound.count()) + 1;
  return Duration{static_cast<std::int64_t>(entropy % range)};
}

}  // namespace sagactl
