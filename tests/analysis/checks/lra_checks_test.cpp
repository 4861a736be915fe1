// LRAs under the verdicts: each participant of a closed one completed once, each of a cancelled one compensated.
#include <gmock/gmock.h>

#include "server/saga/compile_definition.hpp"
#include "server/saga/lra_view.hpp"
#include "tests/analysis/judging.hpp"

namespace sagactl {
namespace {

class LraChecks : public testing::Test {
 protected:
  // Two participants have joined, and one has left.
  FlowHistory& joined() {
    LraDefinition lra;
    lra.coordinator = "http://node/lra-coordinator";
    const auto definition = compile_definition(canonical_text(lra_definition_json(lra)), 1).value();
    const SagaId id = SagaId::fresh();
    world.pass(1ms);
    FlowHistory& flow = world.flows.emplace_back();
    flow.flow.order.id = order_of(id);
    Saga& saga = flow.flow.saga.emplace(new_saga(*definition, id, moment()));
    saga.own_definition = {definition};
    saga.input = "{}";
    command(flow, StartSaga{});
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
  void reply(FlowHistory& flow, std::size_t step) {
    const StepState& state = flow.flow.saga->steps[step];
    command(flow, StepReply{step, direction_of(state), 1, Succeeded{}, state.tries, state.began_at});
  }
  void command(FlowHistory& flow, const SagaCommand& it) {
    world.pass(1ms);
    const DefinitionPointer definition = flow.flow.saga->own_definition.definition;
    auto decided = decide(*definition, *flow.flow.saga, it, moment());
    ASSERT_TRUE(decided) << decided.error().message;
    flow.flow.saga = std::move(decided->saga);
    for (Event& event : decided->events) {
      event.node = "node-1";
      event.occurred_at = world.now();
      flow.events.push_back(std::move(event));
    }
  }
  Moment moment() const { return {world.now(), "node-1", 1, 7}; }
  std::vector<Verdict> verdicts() {
    world.number_events();
    return judge(world, {});
  }

  World world;
};

TEST_F(LraChecks, OfEveryKindPass) {
  ended(true);
  ended(false);
  joined();
  for (const Verdict& verdict : verdicts())
    EXPECT_TRUE(verdict.ruling == Ruling::pass || verdict.reason.starts_with("does not apply"))
        << verdict.name << ": " << verdict.reason << verdict.witness.dump();
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
