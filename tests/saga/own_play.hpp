// A user's saga that is driven step by step.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "server/saga/compile_definition.hpp"
#include "server/saga/decide.hpp"

namespace sagactl {

// A definition whose steps call one participant, with the members of the steps and of the definition that are given:
// R"([{"name":"a"},{"name":"b","after":[]}])". A step without a kind calls, and has an undo unless it says "undo":null.
inline DefinitionPointer own_definition(std::string_view steps, std::string_view members = "{}") {
  Json definition = read_json(members);
  definition["saga"] = "trip";
  if (!definition.contains("participants"))
    definition["participants"] =
        read_json(R"({"p":{"url":"http://p","timeout":"1s","retry":{"first":"100ms","cap":"1s","budget":"60s"}}})");
  definition["steps"] = Json::array();
  for (Json step : read_json(steps)) {
    if (!step.contains("call") && !step.contains("wait") && !step.contains("sleep")) {
      step["call"] = Json{{"post", "{p}/do"}};
      if (!step.contains("undo")) step["undo"] = Json{{"post", "{p}/undo"}, {"body", "{saga.step_key}"}};
    }
    definition["steps"].push_back(std::move(step));
  }
  auto compiled = compile_definition(canonical_text(definition), 1);
  EXPECT_TRUE(compiled) << (compiled ? "" : compiled.error().message);
  return *compiled;
}

inline constexpr const char* diamond_steps =
    R"([{"name":"a"},{"name":"b","after":["a"]},{"name":"c","after":["a"]},{"name":"d","after":["b","c"]}])";

class OwnPlay {
 public:
  explicit OwnPlay(std::string_view steps, std::string_view members = "{}")
      : definition(own_definition(steps, members)) {
    saga = new_saga(*definition, SagaId{new_uuid()}, moment);
    saga.own_definition = {definition};
    saga.input = "{}";
    give(StartSaga{});
  }

  OwnPlay& give(const SagaCommand& command) {
    moment.now = moment.now + Duration{1};
    auto decision = decide(*definition, saga, command, moment);
    calls.clear();
    rejection.reset();
    if (!decision) {
      rejection = decision.error();
      return *this;
    }
    saga = std::move(decision->saga);
    for (const StepCall& call : decision->calls) {
      latest[call.step] = call;
      calls.push_back((call.direction == Direction::action ? "do " : "undo ") + name(call.step) +
                      (call.ask_only                                           ? " ask only"
                       : call.ask_first && call.direction == Direction::action ? " ask first"
                                                                               : ""));
    }
    for (const Event& event : decision->events) events.emplace_back(to_string(event.type));
    return *this;
  }
  // The answer to the latest call of the step.
  OwnPlay& answer(std::string_view step, Outcome outcome) { return answer(latest.at(index(step)), std::move(outcome)); }
  OwnPlay& answer(const StepCall& call, Outcome outcome) {
    return give(StepReply{call.step, call.direction, call.execution, std::move(outcome), call.tries, call.since});
  }
  OwnPlay& done(std::string_view step) { return answer(step, Succeeded{}); }
  OwnPlay& cancel() { return give(CompensateSaga{"cancelled", "someone"}); }
  OwnPlay& retry() { return give(RetrySaga{"someone"}); }
  OwnPlay& adopt() { return give(WakeSaga{}); }
  OwnPlay& operator_says(std::string_view step, Outcome outcome) {
    return give(AnswerStep{index(step), std::move(outcome), "seen", "someone"});
  }
  OwnPlay& pass(Duration d) {
    moment.now = moment.now + d;
    return *this;
  }
  OwnPlay& timer() {
    EXPECT_TRUE(saga.wake_at.has_value());
    if (!saga.wake_at) return *this;
    moment.now = std::max(moment.now, *saga.wake_at);
    return give(WakeSaga{saga.wake_at});
  }
  // When the saga wakes, from now on.
  Duration wakes_in() const { return saga.wake_at ? *saga.wake_at - moment.now : Duration::max(); }

  std::size_t index(std::string_view name) const {
    for (std::size_t i = 0; i < definition->steps.size(); ++i)
      if (definition->steps[i].name == name) return i;
    ADD_FAILURE() << "there is no step " << name;
    return 0;
  }
  const std::string& name(std::size_t i) const { return definition->steps[i].name; }
  StepState& step(std::string_view name) { return saga.steps[index(name)]; }
  StepStatus status(std::string_view name) { return step(name).status; }

  DefinitionPointer definition;
  Moment moment{Timestamp{1'000'000'000}, "node-1", 7, 12345};
  Saga saga;
  std::vector<std::string> events;
  std::vector<std::string> calls;  // of the latest decision
  std::map<std::size_t, StepCall> latest;
  std::optional<Error> rejection;
};

}  // namespace sagactl
