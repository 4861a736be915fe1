// Flows as JSON.
#include <gtest/gtest.h>

#include "server/api/operations/render_saga.hpp"
#include "server/api/operations/render_trace.hpp"
#include "server/api/orders/render_order.hpp"
#include "server/saga/definition.hpp"

namespace sagactl::api {
namespace {

constexpr Timestamp created{1'795'179'849'707'042};

Flow flow() {
  Flow flow;
  flow.order.id = *OrderId::parse("867a4850-d872-42eb-a83d-c71921cdc0c3");
  flow.order.user = *UserId::parse("4b984cd8-c2cb-4d9b-94ca-cb114ebb0892");
  flow.order.items = {{"노트북 \"15\"", "line\nbreak", 2, Money{150'000'050}}};
  flow.order.total = Money{300'000'100};
  flow.order.address = "Seoul";
  flow.order.node = "node-2";
  flow.order.created_at = flow.order.updated_at = created;
  Saga saga;
  saga.id = saga_of(flow.order.id);
  saga.type = std::string(sagactl::order_processing_saga);
  saga.steps.resize(3);
  saga.steps[0].status = StepStatus::succeeded;
  saga.steps[1] = {StepStatus::running, 1, 3, true, created, {}, "node-2", "no answer"};
  saga.version = 2;
  saga.owner.node = "node-2";
  saga.created_at = created;
  saga.updated_at = created + 500ms;
  flow.saga = saga;
  return flow;
}

TEST(RenderOrder, APlacedOrderIsTheJsonThatATreeWouldGive) {
  const Json json = Json::parse(placed_order_json(flow()));
  EXPECT_EQ(json, (Json{{"id", "867a4850-d872-42eb-a83d-c71921cdc0c3"},
                        {"userId", "4b984cd8-c2cb-4d9b-94ca-cb114ebb0892"},
                        {"totalAmount", 3000001},
                        {"status", "pending"},
                        {"items", to_json(flow().order.items)},
                        {"shippingAddress", "Seoul"},
                        {"createdAt", "2026-11-20T13:04:09.707Z"},
                        {"updatedAt", "2026-11-20T13:04:09.707Z"},
                        {"correlationId", "867a4850-d872-42eb-a83d-c71921cdc0c3"},
                        {"nodeId", "node-2"}}));
}

TEST(RenderOrder, ATotalIsANumberWhenPlacedAndATextWhenRead) {
  EXPECT_TRUE(Json::parse(placed_order_json(flow()))["totalAmount"].is_number());
  EXPECT_EQ(order_json(flow().order)["totalAmount"], "3000001.00");
}

TEST(RenderSaga, AStepShowsItsTriesNodeAndError) {
  const Json step = saga_json(flow())["steps"][1];
  EXPECT_EQ(step["name"], "payment_processing");
  EXPECT_EQ(step["tries"], 3);
  EXPECT_EQ(step["inDoubt"], true);
  EXPECT_EQ(step["nodeId"], "node-2");
  EXPECT_EQ(step["error"], "no answer");
  EXPECT_TRUE(step["endedAt"].is_null());
}

TEST(RenderSaga, AStepThatIsBeingUndoneHasNotEnded) {
  Flow undone = flow();
  StepState& state = undone.saga->steps[0];
  state.status = StepStatus::compensating;
  state.ended_at = state.began_at + 10ms;  // of its action
  state.began_at = state.ended_at + 1s;
  EXPECT_TRUE(saga_json(undone)["steps"][0]["endedAt"].is_null());
  state.status = StepStatus::compensated;
  EXPECT_FALSE(saga_json(undone)["steps"][0]["endedAt"].is_null());
}

TEST(RenderSaga, ASagaOfAnUnknownDefinitionIsShownWithoutSteps) {
  Flow unknown = flow();
  unknown.saga->type = "SagaOfANewerVersion";
  const Json json = saga_json(unknown);
  EXPECT_TRUE(json["steps"].empty());
  EXPECT_EQ(json["currentStep"], "started");
}

TEST(RenderSaga, TheETagIsTheTimeOfTheLastWrite) {
  Saga saga = *flow().saga;
  const std::string before = saga_etag(saga);
  EXPECT_EQ(times_of_etags(before), std::vector{saga.updated_at});
  saga.updated_at = saga.updated_at + 1us;
  EXPECT_NE(saga_etag(saga), before);
  EXPECT_EQ(times_of_etags(before + " , " + saga_etag(saga)).size(), 2u);
  for (const char* none : {"", "*", "W/\"1f\"", "\"\"", "\"xyz\"", "1f", "\""})
    EXPECT_TRUE(times_of_etags(none).empty()) << none;
}

TEST(RenderTrace, AFlowIsStuckWhenItHasNotEndedAndNotProgressed) {
  Saga saga = *flow().saga;
  EXPECT_FALSE(is_stuck(saga, saga.updated_at + 59s));
  EXPECT_TRUE(is_stuck(saga, saga.updated_at + 60s));
  saga.status = SagaStatus::failed;
  EXPECT_FALSE(is_stuck(saga, saga.updated_at + 60s));
}

TEST(RenderTrace, AnEventShowsItsPositionInTheNodesSequence) {
  Event stored_event;
  stored_event.node = "node-2";
  stored_event.sequence = 17;
  stored_event.data = R"({"a":1})";
  stored_event.occurred_at = created;
  const Json json = event_json(stored_event);
  EXPECT_EQ(json["id"], "node-2:17");
  EXPECT_EQ(json["timestamp"], "2026-11-20T13:04:09.707Z");
  EXPECT_EQ(json["occurredAt"], "2026-11-20T13:04:09.707042Z");
  EXPECT_EQ(json["data"]["a"], 1);
  EXPECT_TRUE(json["metadata"].is_null());
}

TEST(RenderTrace, AnOrderWithoutASagaIsTracedToo) {
  Flow orphan = flow();
  orphan.saga.reset();
  const Json json = correlation_trace_json({orphan, {}});
  EXPECT_EQ(json["found"], true);
  EXPECT_TRUE(json["saga"].is_null());
  EXPECT_EQ(json["summary"]["isSuccessful"], false);
  EXPECT_EQ(order_trace_json({orphan, {}})["summary"]["totalSagas"], 0);
}

}  // namespace
}  // namespace sagactl::api
