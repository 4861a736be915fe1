// LRAs under the verdicts: each participant of a closed one completed once, each of a cancelled one compensated.
#include <gmock/gmock.h>

#include "server/saga/compile_definition.hpp"
#include "server/saga/lra_view.hpp"
#include "tests/analysis/checks/own_saga_world.hpp"

namespace sagactl {
namespace {

class LraChecks : public OwnSagaWorld {
 protected:
  FlowHistory& started(const FlowHistory* parent = nullptr) {
    LraDefinition lra;
    lra.coordinator = "http://node/lra-coordinator";
    if (parent) lra.parent = lra_id(*parent->flow.saga->own_definition->lra, parent->flow.saga->id);
    return add(compile_definition(canonical_text(lra_definition_json(lra)), 1).value());
  }
  // Two participants have joined, and one has left.
  FlowHistory& joined() {
    FlowHistory& flow = started();
    for (const std::string name : {"hotel", "flight", "car"})
      command(flow, JoinLra{{"http://" + name + "/compensate", "http://" + name + "/complete", {}, {}, {}, {}}});
    command(flow, JoinLra{{"http://bus/compensate", {}, {}, {}, "http://bus/after", {}}});
    command(flow, LeaveLra{"http://car"});
    return flow;
  }
  FlowHistory& ended(bool closes) {
    FlowHistory& flow = joined();
    command(flow, EndLra{closes});
    for (const std::size_t step : {4, 2, 1, 5})
      if (is_in_progress(flow.flow.saga->steps[step])) reply(flow, step);
    EXPECT_TRUE(is_terminal(flow.flow.saga->status));
    return flow;
  }
  // One with another in it, whose participant has completed: the outer and the nested one.
  std::pair<FlowHistory*, FlowHistory*> nested() {
    FlowHistory& outer = started();
    FlowHistory& inner = started(&outer);
    const LraLinks links = links_of_nested(*inner.flow.saga->own_definition->lra, inner.flow.saga->id);
    command(outer, EnlistLra{inner.flow.saga->id, links});
    command(inner, JoinLra{{"http://hotel/compensate", "http://hotel/complete", {}, "http://hotel/forget", {}, {}}});
    command(inner, EndLra{true});
    reply(inner, 2);
    return {&outer, &inner};
  }
  std::pair<FlowHistory*, FlowHistory*> nested_and_ended(bool closes) {
    const auto [outer, inner] = nested();
    command(*outer, EndLra{closes});
    if (!closes) {
      command(*inner, TellLra{LraWord::compensate});
      reply(*inner, 2);
      reply(*outer, 1);
    } else {
      reply(*outer, 1);
      command(*inner, TellLra{LraWord::forget});
      reply(*inner, 3);
      reply(*outer, 2);
    }
    for (const FlowHistory* flow : {outer, inner}) EXPECT_TRUE(is_terminal(flow->flow.saga->status));
    return {outer, inner};
  }
  void reply(FlowHistory& flow, std::size_t step) {
    const StepState& state = flow.flow.saga->steps[step];
    command(flow, StepReply{step, direction_of(state), 1, Succeeded{}, state.tries, state.began_at});
  }
};

TEST_F(LraChecks, OfEveryKindPass) {
  ended(true);
  ended(false);
  joined();
  nested();
  nested_and_ended(true);
  nested_and_ended(false);
  expect_all_pass();
}

// Its event has no step: DELETE recovery/{id} of an LRA, and forceStop of a transaction of DTM's clients.
TEST_F(LraChecks, OneThatAPersonHasStoppedPasses) {
  ended(true);
  FlowHistory& failed = joined();
  command(failed, EndLra{true});
  for (const std::size_t step : {2, 1}) {
    const StepState& state = failed.flow.saga->steps[step];
    command(failed, StepReply{step, direction_of(state), 1, Refused{"no"}, state.tries, state.began_at});
  }
  reply(failed, 5);
  ASSERT_EQ(failed.flow.saga->status, SagaStatus::failed);
  for (const bool is_cancelled : {false, true}) {
    FlowHistory& open = joined();
    if (is_cancelled) command(open, EndLra{false});
    command(open, StopSaga{"stopped", "ann"});
  }
  command(failed, StopSaga{"dropped", "ann"});
  expect_all_pass();
}

TEST_F(LraChecks, ANestedOneThatIsNotCompensatedWithItsParentIsFound) {
  const auto [outer, inner] = nested();
  command(*outer, EndLra{false});
  reply(*outer, 1);
  const Verdict found = named(verdicts(), "compensation-complete");
  EXPECT_EQ(found.ruling, Ruling::fail);
  EXPECT_THAT(found.witness.dump(), testing::HasSubstr(inner->flow.saga->id.text()));
}

TEST_F(LraChecks, ANestedOneThatWaitsForAParentThatIsClosedIsFound) {
  const auto [outer, inner] = nested();
  command(*outer, EndLra{true});
  for (const std::size_t step : {1, 2}) reply(*outer, step);
  const Verdict found = named(verdicts(), "all-sagas-end");
  EXPECT_EQ(found.ruling, Ruling::fail);
  EXPECT_THAT(found.witness.dump(), testing::HasSubstr(inner->flow.saga->id.text()));
}

TEST_F(LraChecks, AParticipantOfAClosedOneThatDidNotCompleteIsFound) {
  FlowHistory& flow = ended(true);
  std::erase_if(flow.events, [](const Event& event) {
    return event.type == EventType::saga_step_completed && event.data.find("\"01\"") != std::string::npos;
  });
  for (std::size_t i = 0; i < flow.events.size(); ++i) flow.events[i].version = static_cast<int>(i) + 1;
  flow.flow.saga->version = static_cast<int>(flow.events.size());
  EXPECT_EQ(named(verdicts(), "legal-transitions").ruling, Ruling::fail);
}

TEST_F(LraChecks, AParticipantOfACancelledOneThatWasNeverCompensatedIsFound) {
  FlowHistory& flow = ended(false);
  flow.flow.saga->steps[1].status = StepStatus::pending;
  EXPECT_EQ(named(verdicts(), "compensation-complete").ruling, Ruling::fail);
}

TEST_F(LraChecks, ACompensationWithoutItsEventIsFound) {
  FlowHistory& flow = ended(false);
  std::erase_if(flow.events, [](const Event& event) {
    return event.type == EventType::saga_step_compensated && event.data.find("\"02\"") != std::string::npos;
  });
  for (std::size_t i = 0; i < flow.events.size(); ++i) flow.events[i].version = static_cast<int>(i) + 1;
  flow.flow.saga->version = static_cast<int>(flow.events.size());
  EXPECT_EQ(named(verdicts(), "compensation-complete").ruling, Ruling::fail);
}

}  // namespace
}  // namespace sagactl
