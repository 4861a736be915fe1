#include "server/adapters/simulated/stand_ins.hpp"

#include <fmt/format.h>

namespace sagactl {
namespace {

// An answer in which everything that the step keeps is found.
std::string answer_for(const ParticipantCall& call) {
  Json body = Json::object();
  const ParticipantStep& step = *call.definition->steps[call.call.step].call;
  for (const auto& [name, pointer] : step.keep) {
    try {
      body[Json::json_pointer(pointer)] =
          fmt::format("{}-{}", name, call.call.saga.text().substr(call.call.saga.text().size() - 6));
    } catch (const Json::exception&) {
      continue;  // a pointer through a list that is not there: the step's answer then lacks it
    }
  }
  return json_text(body);
}

}  // namespace

void StandIns::call(ParticipantCall call, std::function<void(ParticipantAnswer)> done) {
  ParticipantAnswer answer;
  {
    const std::lock_guard lock(mutex_);
    Effect& effect = effects_[{call.call.saga, call.call.step}];
    effect.participant = call.participant;
    if (call.is_question) {
      answer.status = effect.is_done && !effect.is_undone ? 200 : 404;
      answer.body = effect.body;
    } else if (call.call.direction == Direction::compensation) {
      answer.status = effect.is_done ? 200 : 404;
      effect.is_undone = true;
    } else if (effect.is_undone) {
      answer.status = 409;
      answer.body = R"({"reason":"it was undone before"})";
    } else {
      if (!effect.is_done) effect.body = answer_for(call);
      effect.is_done = true;
      answer.status = 200;
      answer.body = effect.body;
    }
  }
  done(std::move(answer));
}

std::int64_t StandIns::in_effect(SagaId saga, std::size_t participant) const {
  const std::lock_guard lock(mutex_);
  std::int64_t count = 0;
  for (const auto& [key, effect] : effects_)
    if (key.first == saga && effect.participant == participant && effect.is_done && !effect.is_undone) ++count;
  return count;
}

}  // namespace sagactl
