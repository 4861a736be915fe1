// How LRAs differ from other sagas: participants join while the first step waits; each is called once the one that
// joined after it has given any answer; one that fails does not hold up the others; listeners are notified of the end.
// A nested LRA that is closed waits for its parent. docs/lra.md
#include <fmt/format.h>

#include <algorithm>

#include "server/saga/compile_definition.hpp"
#include "server/saga/lra_view.hpp"
#include "server/saga/saga_decider.hpp"

namespace sagactl {
namespace {

Error not_active(const Saga& saga, std::string_view status) {
  return Error{ErrorCode::conflict, fmt::format("the LRA is {}, and no longer Active", status),
               Json{{"code", "LRA_NOT_ACTIVE"}, {"sagaId", saga.id.text()}, {"status", status}}};
}

constexpr std::string_view cancelled_by_client = "cancelled by its client",
                           cancelled_by_parent = "its parent is cancelled";

// The same kinds of links, so that the participant keeps its steps.
bool has_same_kinds(const LraDefinition& lra, const LraLinks& a, const LraLinks& b) {
  return a.compensate.empty() == b.compensate.empty() && a.complete.empty() == b.complete.empty() &&
         a.after.empty() == b.after.empty() && (!lra.is_nested() || a.forget.empty() == b.forget.empty());
}

}  // namespace

// The timer of one that is out of time may not have fired yet.
Result<void> SagaDecider::check_active() {
  if (!is_lra()) return Error{ErrorCode::not_found, "there is no such LRA"};
  const LraStatus status = lra_status_of(saga());
  if (status != LraStatus::active) return not_active(saga(), to_string(status));
  if (step(0).wake_at && *step(0).wake_at <= moment_.now) return not_active(saga(), "out of time");
  return {};
}

void SagaDecider::extend(LraDefinition& lra, Duration limit) {
  if (limit <= Duration{}) return;
  const Duration since_start = moment_.now - step(0).began_at + limit;
  if (lra.limit == Duration{} || since_start > lra.limit) lra.limit = since_start;
}

// The definition becomes that of `lra`; steps that it has more than before are pending.
Result<SagaDecision> SagaDecider::change(LraDefinition lra) {
  auto compiled = compile_definition(canonical_text(lra_definition_json(lra)), definition_.version);
  if (!compiled) return compiled.error();
  saga().own_definition = {*compiled};
  saga().steps.resize((*compiled)->steps.size());
  const Duration limit = (*compiled)->steps.front().waits;
  if (is_in_progress(step(0)) && limit != Duration::max()) step(0).wake_at = step(0).began_at + limit;
  return finish();
}

Result<SagaDecision> SagaDecider::on(const JoinLra& command) {
  const auto active = check_active();
  if (!active) {
    const bool only_listens = command.links.compensate.empty() && command.links.complete.empty();
    const bool may_listen = is_lra() && only_listens && is_under_way(lra_status_of(saga()));
    // One that has joined before may be asked for more work, which it compensates with the rest.
    const bool is_in = is_lra() && is_closed_for_now(saga()) && find_lra_participant(*definition_.lra, command.links);
    if (!may_listen && !is_in) return active.error();
  }
  LraDefinition lra = *definition_.lra;
  if (active) extend(lra, command.limit);
  if (const auto known = find_lra_participant(lra, command.links)) {
    if (!command.data.empty()) lra.participants[*known].data = command.data;
    return change(std::move(lra));
  }
  lra.participants.push_back({command.links, command.data, moment_.now});
  if (const auto room = check_room(lra_steps_of(lra, lra.participants.back())); !room) return room.error();
  return change(std::move(lra));
}

Result<void> SagaDecider::check_room(std::size_t steps) {
  if (saga().steps.size() + steps <= steps_max) return {};
  return Error{ErrorCode::too_large,
               fmt::format("the LRA is full: its participants have {} links to be called in the end, and {} are the "
                           "most",
                           saga().steps.size() - 1, steps_max - 1)};
}

Result<SagaDecision> SagaDecider::on(const EnlistLra& command) {
  if (const auto active = check_active(); !active) return active.error();
  LraDefinition lra = *definition_.lra;
  LraParticipant& participant = lra.participants.emplace_back();
  participant.links = command.links;
  participant.joined_at = moment_.now;
  participant.nested = command.nested;
  if (const auto room = check_room(lra_steps_of(lra, participant)); !room) return room.error();
  return change(std::move(lra));
}

Result<SagaDecision> SagaDecider::on(const LeaveLra& command) {
  if (const auto active = check_active(); !active) return active.error();
  LraDefinition lra = *definition_.lra;
  const auto who = find_lra_participant(lra, command.who);
  if (!who) return Error{ErrorCode::invalid, fmt::format("no participant of the LRA is called {}", command.who)};
  if (lra.participants[*who].nested)
    return Error{ErrorCode::invalid, fmt::format("{} is an LRA that is nested in this one, and stays", command.who)};
  lra.participants[*who].left_at = moment_.now;
  return change(std::move(lra));
}

Result<SagaDecision> SagaDecider::on(const RenewLra& command) {
  if (const auto active = check_active(); !active) return active.error();
  LraDefinition lra = *definition_.lra;
  extend(lra, command.limit);
  return change(std::move(lra));
}

Result<SagaDecision> SagaDecider::on(const EndLra& command) {
  const auto active = check_active();
  const bool is_late = is_lra() && !active && lra_status_of(saga()) == LraStatus::active;
  if (active || is_late)
    end_active(command.closes, cancelled_by_client);
  else if (!is_lra() || !is_closed_for_now(saga()))
    return active.error();
  else if (!command.closes)
    start_compensation(std::string(cancelled_by_client));
  const auto who = find_lra_participant(*definition_.lra, command.who);
  if (!who || command.data.empty()) return finish();
  LraDefinition lra = *definition_.lra;
  lra.participants[*who].data = command.data;
  return change(std::move(lra));
}

// Closes it, or cancels it for `reason`; one that is out of time is cancelled. Precondition: it is active.
void SagaDecider::end_active(bool closes, std::string_view reason) {
  if (step(0).wake_at && *step(0).wake_at <= moment_.now)
    on_action_reply(0, Refused{fmt::format("not closed within {}", format_duration(definition_.lra->limit))});
  else if (closes)
    on_action_reply(0, Succeeded{});
  else
    on_action_reply(0, Refused{std::string(reason)});
}

Result<SagaDecision> SagaDecider::on(const TellLra& command) {
  if (!is_lra() || !definition_.lra->is_nested()) return Error{ErrorCode::not_found, "there is no such nested LRA"};
  const LraStatus status = lra_status_of(saga());
  const bool is_active = status == LraStatus::active;
  switch (command.word) {
    case LraWord::complete:
      if (is_active) end_active(true, {});
      break;
    case LraWord::compensate:
      if (is_active)
        end_active(false, cancelled_by_parent);
      else if (is_closed_for_now(saga()))
        start_compensation(std::string(cancelled_by_parent));
      break;
    case LraWord::forget:
      if (is_active || (is_closed_for_now(saga()) && status != LraStatus::closed))
        return Error{ErrorCode::conflict,
                     fmt::format("the LRA is {}; one that is Closed may forget", to_string(status)),
                     Json{{"code", "LRA_NOT_CLOSED"}, {"sagaId", saga().id.text()}, {"status", to_string(status)}}};
      if (is_closed_for_now(saga())) end_step(lra_parent_step_index, StepStatus::succeeded);
      break;
  }
  return finish();
}

Result<SagaDecision> SagaDecider::on(const MoveLraParticipant& command) {
  if (!is_lra()) return Error{ErrorCode::not_found, "there is no such LRA"};
  LraDefinition lra = *definition_.lra;
  std::size_t who = 0;
  while (who < lra.participants.size() && lra_step_name(first_lra_step(lra, who)) != command.step) ++who;
  if (who == lra.participants.size() || lra.participants[who].has_left())
    return Error{ErrorCode::not_found, fmt::format("the LRA has no participant {}", command.step)};
  LraParticipant& participant = lra.participants[who];
  if (participant.nested)
    return Error{ErrorCode::invalid, fmt::format("participant {} is a nested LRA, which does not move", command.step)};
  if (!has_same_kinds(lra, participant.links, command.links))
    return Error{ErrorCode::invalid,
                 fmt::format("participant {} needs links for the same as before: compensate, complete, after{}",
                             command.step, lra.is_nested() ? ", forget" : "")};
  participant.links = command.links;
  // The location at which it was to be asked is no longer valid.
  for (std::size_t i = first_lra_step(lra, who), end = i + lra_steps_of(lra, participant); i < end; ++i)
    step(i).location.clear();
  return change(std::move(lra));
}

// Calls the participants that are due, or ends the LRA when none is left. Has to be called after every change. No
// participant is asked to forget before it is certain that nothing has to be compensated.
void SagaDecider::settle_lra() {
  const bool goes_back = saga().status == SagaStatus::compensating;
  if (!goes_back && saga().status != SagaStatus::started) return;
  if (step(0).status == StepStatus::pending) start_step(0, Direction::action);
  for (std::size_t i = 0; goes_back && i < definition_.steps.size() && step_definition(i).only_waits(); ++i) {
    if (step(i).status == StepStatus::running) end_step(i, StepStatus::failed);
    if (step(i).status == StepStatus::succeeded) end_step(i, StepStatus::compensated);
  }
  if (step(0).status == StepStatus::running) return;
  if (!have_all_ended(LraPart::acts) || !have_all_ended(LraPart::listens)) return;
  if (!goes_back && !is_any_given_up() && !stays_closed()) return;
  if (goes_back || !is_any_given_up()) {
    if (!have_all_ended(LraPart::forgets)) return;
  }
  end_lra();
}

// Calls the next ones of these steps. True: none of them is open.
bool SagaDecider::have_all_ended(LraPart part) {
  for (std::size_t i = definition_.steps.size(); i-- > 1;) {
    if (!is_of(i, part)) continue;
    call_lra_step(i);
    if (part == LraPart::acts && awaits_first_answer(saga(), i)) return false;
  }
  for (std::size_t i = 1; i < definition_.steps.size(); ++i)
    if (is_of(i, part) && is_in_progress(step(i)) && !is_given_up(saga(), i)) return false;
  return true;
}

// A nested LRA may still be cancelled when it is closed: it waits for its parent's word.
bool SagaDecider::stays_closed() {
  if (!definition_.lra->is_nested()) return true;
  if (step(lra_parent_step_index).status == StepStatus::pending) start_step(lra_parent_step_index, Direction::action);
  return step(lra_parent_step_index).status == StepStatus::succeeded;
}

bool SagaDecider::is_any_given_up() {
  for (std::size_t i = 1; i < definition_.steps.size(); ++i)
    if (is_given_up(saga(), i)) return true;
  return false;
}

// Whether anybody may have forgotten how to compensate.
bool SagaDecider::has_begun_to_forget() {
  if (!is_lra()) return false;
  for (std::size_t i = 1; i < definition_.steps.size(); ++i)
    if (is_of(i, LraPart::forgets) && (is_in_progress(step(i)) || step(i).status == StepStatus::succeeded)) return true;
  return false;
}

// A step that is done while the LRA goes back is undone once its call is over, whether or not that was answered.
void SagaDecider::call_lra_step(std::size_t i) {
  StepState& s = step(i);
  const bool goes_back = saga().status == SagaStatus::compensating;
  const bool is_to_be_undone = s.status == StepStatus::pending || s.status == StepStatus::succeeded ||
                               (s.status == StepStatus::running && !s.calling);
  if (goes_back && is_to_be_undone) {
    if (s.kept.starts_with(lra_failed_prefix)) s.kept.clear();
    has_undo(i) ? start_step(i, Direction::compensation) : end_step(i, StepStatus::compensated);
  } else if (!goes_back && s.status == StepStatus::pending) {
    const bool has_call = !step_definition(i).call->perform.method.empty();
    has_call ? start_step(i, Direction::action) : end_step(i, StepStatus::succeeded);
  }
}

void SagaDecider::end_lra() {
  for (std::size_t i = 1; i < definition_.steps.size(); ++i)
    if (is_given_up(saga(), i)) return fail_saga(i, direction_of(step(i)), step(i).error);
  const bool goes_back = saga().status == SagaStatus::compensating;
  saga().status = goes_back ? SagaStatus::compensated : SagaStatus::completed;
  if (!goes_back) saga().error.clear();
  if (goes_back)
    add_event(EventType::saga_compensated, event_data().add("reason", saga().error));
  else
    add_event(EventType::saga_completed, event_data());
}

void SagaDecider::give_up(std::size_t i, const std::string& reason) {
  StepState& s = step(i);
  s.error = reason;
  s.calling = false;
  s.location.clear();
  s.wake_at.reset();
}

// Those that were given up are called anew, in their order. One that has forgotten its failure knows nothing any more.
void SagaDecider::retry_given_up() {
  for (std::size_t i = 1; i < definition_.steps.size(); ++i) {
    if (!is_given_up(saga(), i)) continue;
    StepState& s = step(i);
    s.kept = was_told_to_forget(s) ? fmt::format("{{{}", lra_forgotten_member) : std::string();
    s.status = StepStatus::pending;
  }
}

// True: the outcome is a participant's failure, or the answer to the call that tells it to forget that.
bool SagaDecider::take_failure(std::size_t i, Direction direction, const Outcome& outcome) {
  if (i == 0) return false;
  StepState& s = step(i);
  const auto* done = std::get_if<Succeeded>(&outcome);
  if (step_definition(i).only_waits()) {
    // A person answers for the parent.
    if (const auto* cancels = std::get_if<Refused>(&outcome)) start_compensation(cancels->reason, by_);
    return !done;
  }
  const bool is_told = is_told_to_forget(s), has_heard = done && done->kept.ends_with(lra_forgotten_member);
  if (done && !has_heard) return false;  // done after all
  const auto* refused = std::get_if<Refused>(&outcome);
  if (is_told && !refused) {
    const std::string reason = s.error;
    s.calling = false;
    if (has_heard) s.kept.replace(s.kept.size() - 1, 1, fmt::format(",{}", lra_forgotten_member));
    if (!has_heard && has_budget(i, direction))
      schedule_next_try(i, direction);
    else
      give_up(i, reason);
    return true;
  }
  if (!refused) return false;
  s.in_doubt = false;
  give_up(i, refused->reason);
  if (!step_definition(i).call->forget) return true;
  s.kept = JsonObject().add("refused", refused->reason).take();
  if (saga().status != SagaStatus::failed) issue_call(i, direction);
  return true;
}

}  // namespace sagactl
