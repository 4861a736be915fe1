#include "rehearsal/judge.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "server/participants/calls/participant_request.hpp"

namespace sagactl {
namespace {

constexpr std::size_t body_shown = 160, calls_shown = 12;

std::string shell_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string answer_text(const ParticipantAnswer& answer) {
  if (answer.status == 0) return answer.failure;
  const std::string body = answer.body.substr(0, body_shown);
  return body.empty() ? std::to_string(answer.status) : fmt::format("{} {}", answer.status, body);
}

class TrialJudge {
 public:
  TrialJudge(const SagaDefinition& definition, const TrialResult& result) : definition_(definition), result_(result) {
    verdict_.name = name_of(definition, result.trial);
  }

  Verdict judge() {
    if (!result_.error.empty()) return undecided(verdict_.name, result_.error);
    if (!result_.saga) return undecided(verdict_.name, "the saga could not be read");
    if (!result_.has_happened && result_.trial.fault != TrialFault::none)
      return undecided(verdict_.name, "the fault did not come about: the step was not called as often as it takes");
    if (!result_.has_ended) return fail("the saga did not end", {"an end within the time of the rehearsal"});
    if (const SagaStatus expected = expected_end(); result_.saga->status != expected)
      return fail(fmt::format("the saga ended {}{}", to_string(result_.saga->status),
                              result_.saga->error.empty() ? "" : ": " + result_.saga->error),
                  {fmt::format("{}", to_string(expected))});
    for (std::size_t i = 0; i < definition_.participants.size(); ++i)
      if (auto found = judge_effects(i); !found.empty()) return fail(found, {expected_});
    if (auto found = judge_answers(); !found.empty()) return fail(found, {expected_});
    if (!result_.probe_errors.empty()) return undecided(verdict_.name, result_.probe_errors.begin()->second);
    return pass_or_unknown();
  }

 private:
  const StepDefinition& step() const { return definition_.steps[result_.trial.step]; }
  std::size_t participant() const { return step().call->participant; }

  SagaStatus expected_end() const {
    const Trial& trial = result_.trial;
    if (trial.direction == Direction::compensation) return SagaStatus::compensated;
    switch (trial.fault) {
      case TrialFault::refused: {
        const auto pivot = definition_.pivot;
        const bool is_past = pivot != SagaDefinition::no_pivot && pivot != trial.step &&
                             result_.saga->steps[pivot].status == StepStatus::succeeded;
        return is_past ? SagaStatus::failed : SagaStatus::compensated;
      }
      case TrialFault::never_answered:
        // A participant that can be asked says that it is done.
        return step().call->ask ? result_.saga->status : SagaStatus::compensated;
      case TrialFault::undo_first:
      case TrialFault::repeated_after_undo:
        return SagaStatus::compensated;
      default:
        return SagaStatus::completed;
    }
  }

  // The steps at the participant that the saga says are in effect.
  std::int64_t steps_in_effect(std::size_t participant) const {
    std::int64_t count = 0;
    for (std::size_t i = 0; i < definition_.steps.size(); ++i) {
      const StepDefinition& each = definition_.steps[i];
      if (each.kind != StepKind::call || each.call->participant != participant) continue;
      const StepStatus status = result_.saga->steps[i].status;
      const bool was_never_undone = status == StepStatus::compensated && !each.call->undo;
      count += status == StepStatus::succeeded || was_never_undone;
    }
    return count;
  }

  std::string judge_effects(std::size_t participant) {
    const auto found = result_.in_effect.find(participant);
    if (found == result_.in_effect.end()) return {};
    const std::int64_t expected = steps_in_effect(participant);
    if (found->second == expected) return {};
    expected_ = fmt::format("{} in effect", expected);
    return fmt::format("{} has {} in effect for this saga, which is {}", definition_.participants[participant].name,
                       found->second, to_string(result_.saga->status));
  }

  // Answers to the same call have to keep the same values, and an undo must not be refused when it is repeated.
  std::string judge_answers() {
    std::map<std::pair<Direction, int>, std::string> kept;
    for (const SeenCall& seen : result_.calls) {
      if (!seen.reached_participant || seen.call.call.step != result_.trial.step || seen.call.is_question) continue;
      const ReadAnswer read = read_answer(seen.call, seen.answer);
      const bool is_undo = seen.call.call.direction == Direction::compensation;
      if (is_undo && std::holds_alternative<Refused>(read.outcome)) {
        expected_ = "a repeated undo is answered as before, or by 404 or 410";
        return fmt::format("the undo of {} was refused: {}", step().name, answer_text(seen.answer));
      }
      const auto* succeeded = std::get_if<Succeeded>(&read.outcome);
      if (is_undo || !succeeded || succeeded->kept.empty()) continue;
      const auto [first, is_first] =
          kept.try_emplace({seen.call.call.direction, seen.call.call.execution}, succeeded->kept);
      if (is_first || first->second == succeeded->kept) continue;
      expected_ = "the same key gets the same answer";
      return fmt::format("{} answered one key with {} and with {}", definition_.participants[participant()].name,
                         first->second, succeeded->kept);
    }
    return {};
  }

  Verdict pass_or_unknown() {
    if (result_.trial.fault == TrialFault::none) {
      verdict_.ruling = Ruling::pass;
      verdict_.reason = fmt::format("the saga is {}", to_string(result_.saga->status));
      for (const auto& [at, count] : result_.in_effect)
        verdict_.reason += fmt::format(", {} has {} in effect", definition_.participants[at].name, count);
      return std::move(verdict_);
    }
    const bool has_probe = result_.in_effect.contains(participant());
    if (!has_probe)
      if (const std::string unseen = what_answers_hide(); !unseen.empty())
        return undecided(
            verdict_.name,
            fmt::format("the saga is {}, but {} {}: whether that had an effect of its own, only a `probe` would show",
                        to_string(result_.saga->status), definition_.participants[participant()].name, unseen));
    verdict_.ruling = Ruling::pass;
    verdict_.reason = fmt::format("the saga is {}", to_string(result_.saga->status));
    if (has_probe)
      verdict_.reason += fmt::format(", and {} has {} in effect", definition_.participants[participant()].name,
                                     result_.in_effect.at(participant()));
    else
      verdict_.reason += ", and the answers agree";
    return std::move(verdict_);
  }

  // What the participant answered as if it were good, and may have done once too often. Empty: nothing.
  std::string what_answers_hide() const {
    std::map<Direction, int> done;
    for (const SeenCall& seen : result_.calls) {
      if (!seen.reached_participant || seen.call.is_question || seen.call.call.step != result_.trial.step) continue;
      if (seen.answer.status / 100 != 2) continue;  // 404 and 410 of an undo say that there was nothing left
      const Direction direction = seen.call.call.direction;
      if (direction == Direction::action && done.contains(Direction::compensation))
        return fmt::format("answered {} to a call after its undo", seen.answer.status);
      if (++done[direction] > 1)
        return fmt::format("answered {} to a repeated {}", seen.answer.status,
                           direction == Direction::action ? "call" : "undo");
    }
    return {};
  }

  Verdict fail(const std::string& found, const std::vector<std::string>& expected) {
    verdict_.ruling = Ruling::fail;
    verdict_.reason = found;
    verdict_.witness = Json{{"requests", requests()}, {"why", {found, fmt::format("{}", fmt::join(expected, "; "))}}};
    return std::move(verdict_);
  }

  // The calls in their order. Of a step that was called very often, the first and the last ones.
  Json requests() const {
    Json lines = Json::array();
    const std::size_t count = result_.calls.size();
    for (std::size_t i = 0; i < count; ++i) {
      if (count > calls_shown && i >= calls_shown / 2 && i + calls_shown / 2 < count) {
        if (i == calls_shown / 2) lines.push_back(fmt::format("# ... {} more calls", count - calls_shown));
        continue;
      }
      const SeenCall& seen = result_.calls[i];
      std::string line = curl_line(seen.call);
      line += "  # " + (seen.reached_participant ? answer_text(seen.answer) : std::string("not sent"));
      if (!seen.note.empty()) line += " (" + seen.note + ")";
      lines.push_back(std::move(line));
    }
    return lines;
  }

  const SagaDefinition& definition_;
  const TrialResult& result_;
  Verdict verdict_;
  std::string expected_;
};

}  // namespace

std::string curl_line(const ParticipantCall& call) {
  std::string line = "curl";
  if (call.method != "GET") line += " -X " + call.method;
  line += " " + shell_quoted(call.url);
  for (const auto& [name, value] : call.headers) line += " -H " + shell_quoted(name + ": " + value);
  if (!call.body.empty()) line += " -d " + shell_quoted(call.body);
  return line;
}

Verdict judge_trial(const SagaDefinition& definition, const TrialResult& result) {
  return TrialJudge(definition, result).judge();
}

}  // namespace sagactl
