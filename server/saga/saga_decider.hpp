// One decision about a saga in progress: the state that changes, and the events and calls that result. Internal to
// decide(). decide.cpp: the commands. saga_decider.cpp: steps, their calls and budgets, and the way forward.
// step_replies.cpp: the replies to calls. saga_compensation.cpp: the way back. lra_decider.cpp: what LRAs do otherwise.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/text/json_object.hpp"
#include "server/saga/decide.hpp"

namespace sagactl {

class SagaDecider {
 public:
  SagaDecider(const SagaDefinition& definition, Saga saga, const Moment& moment)
      : definition_(definition), moment_(moment) {
    out_.saga = std::move(saga);
  }

  Result<SagaDecision> on(const StartSaga&);
  Result<SagaDecision> on(const StepReply& reply);
  Result<SagaDecision> on(const WakeSaga& wake);
  Result<SagaDecision> on(const CompensateSaga& command);
  Result<SagaDecision> on(const RetrySaga& command);
  Result<SagaDecision> on(const ProceedSaga&);
  Result<SagaDecision> on(const StopSaga& command);
  Result<SagaDecision> on(const AnswerStep& command);
  Result<SagaDecision> on(const TryNow& command);
  Result<SagaDecision> on(const JoinLra& command);
  Result<SagaDecision> on(const LeaveLra& command);
  Result<SagaDecision> on(const RenewLra& command);
  Result<SagaDecision> on(const EndLra& command);
  Result<SagaDecision> on(const EnlistLra& command);
  Result<SagaDecision> on(const TellLra& command);
  Result<SagaDecision> on(const MoveLraParticipant& command);

 private:
  Saga& saga() { return out_.saga; }
  StepState& step(std::size_t i) { return out_.saga.steps[i]; }
  const StepDefinition& step_definition(std::size_t i) const { return definition_.steps[i]; }
  bool is_own() const { return !definition_.is_built_in(); }
  using StepSet = std::bitset<steps_max>;
  bool is_ready(std::size_t i);
  StepSet held_steps();
  bool has_undo(std::size_t i) const { return !step_definition(i).compensation.empty(); }
  Error not_allowed(std::string_view what, std::string_view states);

  Result<SagaDecision> finish();
  std::optional<Timestamp> deadline();
  std::string deadline_reason() const;
  void set_wake_at();
  JsonObject event_data() const;
  void add_event(EventType type, JsonObject data, const std::string& by = {});
  void end_step(std::size_t i, StepStatus status);

  // Whether the participant is asked what became of an earlier call.
  enum class Question : std::uint8_t { before_call_in_doubt, only, none };
  void issue_call(std::size_t i, Direction direction, Question question = Question::before_call_in_doubt);
  void give_up_call(std::size_t i);
  void start_step(std::size_t i, Direction direction);
  void restart_calls(std::size_t i, Direction direction);
  void schedule_next_try(std::size_t i, Direction direction);
  void call_again_or_wait(std::size_t i, Direction direction, const Unavailable* answer);
  bool has_budget(std::size_t i, Direction direction);
  Timestamp end_of_budget(std::size_t i, Direction direction);
  bool may_ask(std::size_t i);

  void wake_step(std::size_t i, bool is_adopted, Timestamp due);
  bool was_called_now(std::size_t i) const;
  bool goes_back() const;
  void keep_going_back();
  void resume_others();

  // Forward and backward: start the steps whose turn it is, or the compensations of the last ones that are in effect.
  void advance();
  void enter_compensating(const std::string& reason, const std::string& by = {});
  void start_compensation(const std::string& reason, const std::string& by = {});
  void roll_back(bool at_once = false);
  bool compensate_step(std::size_t i, bool at_once);
  bool is_known_done(std::size_t i);
  bool is_undone_by_key(std::size_t i);
  void undo_late_step(std::size_t i, const Succeeded& done);
  void fail_saga(std::size_t i, Direction direction, const std::string& reason);
  void exhaust_budget(std::size_t i, Direction direction, const std::string& reason);
  bool has_passed_pivot() {
    return definition_.pivot < saga().steps.size() && step(definition_.pivot).status == StepStatus::succeeded;
  }
  bool is_past_pivot(std::size_t i) { return i != definition_.pivot && has_passed_pivot(); }
  // Whether the pivot of a user's saga may be in effect and cannot be undone. Then the saga does not go back by itself,
  // as what came before the pivot would be undone and the pivot would stay: the pivot is asked about or called again
  // while its own budget lasts, and then a person decides. No other step is in progress beside a pivot.
  bool is_held_by_pivot();

  void wait_for_accepted(std::size_t i, Direction direction, const Accepted& accepted);
  void on_action_reply(std::size_t i, const Outcome& outcome);
  void on_action_done(std::size_t i, const Succeeded& done);
  void on_action_unknown(std::size_t i, const UnknownOutcome& unknown);
  void on_action_without_effect(std::size_t i, const Outcome& outcome);
  void on_compensation_reply(std::size_t i, const Outcome& outcome);

  bool is_lra() const { return definition_.lra != nullptr; }
  Result<void> check_active();
  void extend(LraDefinition& lra, Duration limit);
  Result<SagaDecision> change(LraDefinition lra);
  Result<void> check_room(std::size_t steps);
  bool is_of_nested(std::size_t i, SagaId nested) const {
    return is_lra() && step_definition(i).call != nullptr &&
           definition_.lra->participants[lra_participant_of(*definition_.lra, i)].nested == nested;
  }
  // Whether the step is of a participant, and about that.
  bool is_of(std::size_t i, LraPart part) const {
    return step_definition(i).call != nullptr && step_definition(i).call->part == part;
  }
  void end_active(bool closes, std::string_view reason);
  bool have_all_ended(LraPart part);
  bool stays_closed();
  bool is_any_given_up();
  bool has_begun_to_forget();
  void settle_lra();
  void call_lra_step(std::size_t i);
  void end_lra();
  void give_up(std::size_t i, const std::string& reason);
  void retry_given_up();
  bool take_failure(std::size_t i, Direction direction, const Outcome& outcome);

  const SagaDefinition& definition_;
  const Moment& moment_;
  std::string by_;  // who answers for a participant; empty: the participant itself
  std::optional<std::size_t>
      unknown_call_;  // a step whose participant has just answered that it does not know the call
  SagaDecision out_;
};

}  // namespace sagactl
