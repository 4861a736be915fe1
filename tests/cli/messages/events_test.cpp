// `sagactl events`: schemas of events, and which events of a database are published again.
#include <gmock/gmock.h>

#include "cli/messages/event_replay.hpp"
#include "cli/messages/event_schema.hpp"
#include "tests/cli/support/command.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

const Timestamp noon = *parse_iso8601("2026-11-20T12:00:00Z");

// A database with flows that a test wrote down.
class WrittenHistory : public History {
 public:
  Result<void> each_flow(const HistoryFilter&, const std::function<bool(FlowHistory&)>& visit) override {
    for (FlowHistory& flow : flows)
      if (!visit(flow)) break;
    return {};
  }
  Result<void> each_event(const std::function<bool(const NodeName&, std::int64_t, Timestamp)>&) override { return {}; }
  Result<std::vector<Event>> stock_events() override { return stock; }
  Result<void> each_claim(const std::function<bool(const Claim&)>&) override { return {}; }
  Result<std::vector<Stock>> stocks() override { return std::vector<Stock>{}; }
  Result<std::vector<NodeInfo>> nodes() override { return std::vector<NodeInfo>{}; }
  Timestamp taken_at() const override { return noon; }

  std::vector<FlowHistory> flows;
  std::vector<Event> stock;
};

Event event(EventType type, AggregateType aggregate, OrderId order, int version, std::int64_t sequence) {
  Event event;
  event.type = type;
  event.aggregate_type = aggregate;
  event.aggregate = order.uuid;
  event.order = order;
  event.version = version;
  event.data = "{}";
  event.node = "node-1";
  event.sequence = sequence;
  event.occurred_at = noon + std::chrono::seconds(sequence);
  return event;
}

const OrderId first = *OrderId::parse("0193b0c0-0000-7000-8000-000000000001"),
              second = *OrderId::parse("0193b0c0-0000-7000-8000-000000000002");

FlowHistory saga_with(OrderId id, std::vector<Event> events) {
  FlowHistory history;
  history.flow.order.id = id;
  history.flow.saga.emplace();
  history.flow.saga->id = {id.uuid};
  history.flow.saga->correlation = "trip-" + id.text().substr(35);
  history.events = std::move(events);
  return history;
}

class EventsReplay : public testing::Test {
 protected:
  void SetUp() override {
    history.flows = {saga_with(first, {event(EventType::saga_started, AggregateType::saga, first, 1, 1),
                                       event(EventType::saga_completed, AggregateType::saga, first, 2, 2)}),
                     saga_with(second, {event(EventType::saga_started, AggregateType::saga, second, 1, 3)})};
    history.stock = {event(EventType::stock_set, AggregateType::stock, {}, 1, 4)};
  }
  std::vector<std::string> ids_of(const ReplaySelection& selection) {
    std::vector<std::string> ids;
    const auto read = each_replayed(history, selection, "t", noon, [&](const std::vector<kafka::Outgoing>& messages) {
      for (const kafka::Outgoing& message : messages) ids.push_back(message.headers.front().second);
      return true;
    });
    EXPECT_TRUE(read);
    return ids;
  }
  WrittenHistory history;
};

using Ids = std::vector<std::string>;

TEST_F(EventsReplay, SelectsByIdTimeAndType) {
  EXPECT_EQ(ids_of({}), (Ids{"node-1:4", "node-1:1", "node-1:2", "node-1:3"}));
  EXPECT_EQ(ids_of({.ids = {first.text()}}), (Ids{"node-1:1", "node-1:2"}));
  EXPECT_EQ(ids_of({.ids = {"trip-2"}}), (Ids{"node-1:3"}));
  EXPECT_EQ(ids_of({.since = noon + 2s, .until = noon + 4s}), (Ids{"node-1:2", "node-1:3"}));
  EXPECT_EQ(ids_of({.types = {EventType::saga_started}}), (Ids{"node-1:1", "node-1:3"}));
}

TEST_F(EventsReplay, SaysExactlyHowManyThereAre) {
  const auto all = count_replay(history, {});
  ASSERT_TRUE(all);
  EXPECT_EQ(all->events, 4);
  EXPECT_EQ(all->flows, 2);
  EXPECT_EQ(all->missing, 0);
  EXPECT_EQ(all->by_type.at("SagaStarted"), 2);
  const auto some = count_replay(history, {.ids = {second.text(), "nobody"}});
  ASSERT_TRUE(some);
  EXPECT_EQ(some->events, 1);
  EXPECT_THAT(some->unknown_ids, testing::ElementsAre("nobody"));
}

TEST_F(EventsReplay, CountsTheEventsThatWereDeleted) {
  history.flows[1].events.push_back(event(EventType::order_created, AggregateType::order, second, 1, 5));
  EXPECT_EQ(count_replay(history, {})->missing, 0) << "an order and its saga have the same id";
  history.flows[0].events.erase(history.flows[0].events.begin());
  const auto count = count_replay(history, {});
  ASSERT_TRUE(count);
  EXPECT_EQ(count->missing, 1);
}

TEST_F(EventsReplay, MarksEveryMessage) {
  const auto read = each_replayed(history, {}, "copies", noon, [](const std::vector<kafka::Outgoing>& messages) {
    for (const kafka::Outgoing& message : messages) {
      EXPECT_EQ(message.topic, "copies");
      EXPECT_EQ(message.headers.back(),
                (std::pair<std::string, std::string>("replayed-at", "2026-11-20T12:00:00.000Z")));
    }
    return true;
  });
  EXPECT_TRUE(read);
}

TEST(EventsReplayCommand, RefusesTopicsThatNodesReadAndASelectionOfNothing) {
  CliSandbox sandbox;
  const CommandResult own = sandbox.run({"events", "replay", "--all", "--topic", "order.created", "--dry-run"});
  EXPECT_EQ(own.code, 4);
  EXPECT_THAT(own.err, HasSubstr("order.created.replay"));
  const CommandResult no_brokers = sandbox.run({"events", "replay", "--all", "--topic", "mine"});
  EXPECT_EQ(no_brokers.code, 4);
  EXPECT_THAT(no_brokers.err, HasSubstr("--kafka"));
  EXPECT_EQ(sandbox.run({"events", "replay", "--all"}).code, 4);
}

TEST(EventsSchema, HasEveryEventCompleteInItself) {
  CliSandbox sandbox;
  const Json document = sandbox.run({"events", "schema"}).json();
  EXPECT_EQ(document["asyncapi"], "3.0.0");
  for (const std::string& name : event_names()) {
    EXPECT_TRUE(document["components"]["messages"].contains(name)) << name;
    const CommandResult result = sandbox.run({"events", "schema", name});
    ASSERT_EQ(result.code, 0) << result.err;
    EXPECT_EQ(result.json()["properties"]["type"]["const"], name);
    EXPECT_EQ(result.out.find("#/components"), std::string::npos) << name;
    EXPECT_TRUE(result.json()["$defs"].contains("Event")) << name;
  }
  const CommandResult wrong = sandbox.run({"events", "schema", "OrderMade"});
  EXPECT_EQ(wrong.code, 4);
  EXPECT_THAT(wrong.err, HasSubstr("OrderCreated"));
}

}  // namespace
}  // namespace sagactl
