// Sagas of users' own under the verdicts, one command at a time.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/ports/saga_keys.hpp"
#include "tests/analysis/judging.hpp"

namespace sagactl {

class OwnSagaWorld : public testing::Test {
 protected:
  // A saga that has started. The reference stays valid.
  FlowHistory& add(const DefinitionPointer& definition, SagaId id = SagaId::fresh(), const std::string& key = "") {
    world.pass(1ms);
    FlowHistory& flow = world.flows.emplace_back();
    flow.flow.order.id = order_of(id);
    Saga& saga = flow.flow.saga.emplace(new_saga(*definition, id, moment()));
    saga.own_definition = {definition};
    saga.input = "{}";
    saga.key = key;
    saga.correlation = id.text();
    if (!key.empty()) world.claims.push_back({digest_of_saga_key(definition->name, key), order_of(id), true});
    command(flow, StartSaga{});
    return flow;
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
  void expect_all_pass() {
    for (const Verdict& verdict : verdicts())
      EXPECT_TRUE(verdict.ruling == Ruling::pass || verdict.reason.starts_with("does not apply"))
          << verdict.name << ": " << verdict.reason << verdict.witness.dump();
  }

  World world;
};

}  // namespace sagactl
