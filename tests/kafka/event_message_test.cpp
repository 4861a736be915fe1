// The format of the messages: what consumers of the reference system's topics expect.
#include "server/adapters/kafka/event_message.hpp"

#include <gtest/gtest.h>

#include "common/text/json.hpp"
#include "server/saga/definition.hpp"
#include "tests/kafka/received.hpp"

namespace sagactl::kafka {
namespace {

const OrderId order = *OrderId::parse("0193b0c0-0000-7000-8000-000000000001");

Event event(EventType type, AggregateType aggregate, std::int64_t sequence, std::string data) {
  Event event;
  event.type = type;
  event.aggregate_type = aggregate;
  event.aggregate = order.uuid;
  event.order = order;
  event.version = 2;
  event.data = std::move(data);
  event.node = "node-1";
  event.sequence = sequence;
  event.occurred_at = *parse_iso8601("2026-11-20T13:04:07.137042Z");
  return event;
}

const std::string order_data =
    "{\"orderId\":\"" + order.text() + "\",\"userId\":\"u\",\"items\":[],\"totalAmount\":10}";
const std::string saga_data =
    "{\"sagaId\":\"" + order.text() + "\",\"sagaType\":\"OrderProcessingSaga\",\"orderId\":\"" + order.text() + "\"";

TEST(EventMessage, HasTheEventsMembersItsTypeAndItsCustomer) {
  const Event created = event(EventType::order_created, AggregateType::order, 17, order_data);
  const Outgoing message = to_messages({&created, 1}, "p-").front();
  EXPECT_EQ(message.topic, "p-order-events");
  EXPECT_EQ(message.key, order.text());
  const Json json = Json::parse(*message.value);
  EXPECT_EQ(json["type"], "OrderCreated");
  EXPECT_EQ(json["orderId"], order.text());
  EXPECT_EQ(json["totalAmount"], 10);
  EXPECT_EQ(json["correlationId"], order.text());
  EXPECT_EQ(json["occurredAt"], "2026-11-20T13:04:07.137042Z");
  EXPECT_EQ(json["eventId"], "node-1:17");
  const Headers expected = {
      {"event-id", "node-1:17"}, {"event-type", "OrderCreated"}, {"node", "node-1"}, {"sequence", "17"}};
  EXPECT_EQ(message.headers, expected);
}

TEST(EventMessage, IsKeyedByTheCorrelationAndTracedByTheSaga) {
  Event created = event(EventType::order_created, AggregateType::order, 1, order_data);
  created.correlation = "mine \"quoted\"";
  created.trace_parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const Outgoing message = to_messages({&created, 1}, "").front();
  EXPECT_EQ(message.key, created.correlation);
  EXPECT_EQ(Json::parse(*message.value)["correlationId"], created.correlation);
  EXPECT_EQ(message.headers.back().second, created.trace_parent);
}

TEST(EventMessage, OfASagaHasItsStepsAndItsOrder) {
  const std::vector<Event> events = {event(EventType::order_created, AggregateType::order, 1, order_data),
                                     event(EventType::saga_started, AggregateType::saga, 2, saga_data + "}"),
                                     event(EventType::saga_step_completed, AggregateType::saga, 3,
                                           saga_data + ",\"step\":\"payment_processing\",\"attempt\":1}"),
                                     event(EventType::saga_completed, AggregateType::saga, 4, saga_data + "}")};
  const auto messages = to_messages(events, "");
  const Json started = Json::parse(*messages[1].value), step = Json::parse(*messages[2].value),
             completed = Json::parse(*messages[3].value);
  EXPECT_EQ(started["data"], Json::parse(order_data));
  EXPECT_EQ(started["timestamp"], "2026-11-20T13:04:07.137Z");
  EXPECT_EQ(step["stepName"], "payment_processing");
  EXPECT_EQ(step["completedSteps"], Json::array({"payment_processing"}));
  EXPECT_EQ(completed["completedSteps"], Json::array({"payment_processing", "order_confirmation"}));
}

TEST(EventMessage, SaysWhenItsOwnEventHappened) {
  std::vector<Event> events;
  for (const char* time : {"1970-01-01T00:00:00.000000Z", "2026-11-20T13:04:07.137042Z", "2026-11-20T13:04:07.137043Z",
                           "2026-11-20T13:04:07.137043Z", "2026-11-20T13:04:07.137042Z"}) {
    events.push_back(event(EventType::saga_completed, AggregateType::saga, 1, saga_data + "}"));
    events.back().occurred_at = *parse_iso8601(time);
  }
  const auto messages = to_messages(events, "");
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Json json = Json::parse(*messages[i].value);
    EXPECT_EQ(json["occurredAt"], iso8601_us(events[i].occurred_at));
    EXPECT_EQ(json["timestamp"], iso8601_ms(events[i].occurred_at));
  }
}

TEST(EventMessage, IsReadAsTheSameEvent) {
  Event written = event(EventType::saga_step_completed, AggregateType::saga, 3,
                        saga_data + ",\"step\":\"payment_processing\",\"attempt\":1}");
  written.metadata = "{\"lock\":7}";
  written.correlation = "c";
  const auto read = to_event(received(to_messages({&written, 1}, "").front()));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->type, written.type);
  EXPECT_EQ(read->aggregate_type, written.aggregate_type);
  EXPECT_EQ(read->aggregate, written.aggregate);
  EXPECT_EQ(read->order, written.order);
  EXPECT_EQ(read->version, written.version);
  EXPECT_EQ(read->occurred_at, written.occurred_at);
  EXPECT_EQ(read->node, written.node);
  EXPECT_EQ(read->sequence, written.sequence);
  EXPECT_EQ(read->correlation, written.correlation);
  EXPECT_EQ(read->data, written.data);
  EXPECT_EQ(read->metadata, written.metadata);
}

// A service of the choreography takes a payment without status SUCCESS for failed.
TEST(EventMessage, OfTheChoreographySaysIfItSucceededAndIsReadAsTheSameEvent) {
  const struct {
    EventType type;
    AggregateType aggregate;
    const char *topic, *status;
  } rows[] = {{EventType::payment_processed, AggregateType::payment, "payment.processed", "SUCCESS"},
              {EventType::payment_failed, AggregateType::payment, "payment.failed", "FAILED"},
              {EventType::stock_reserved, AggregateType::inventory, "inventory.reserved", "SUCCESS"},
              {EventType::stock_refused, AggregateType::inventory, "inventory.failed", "FAILED"}};
  for (const auto& row : rows) {
    Event written = event(row.type, row.aggregate, 3, order_data);
    written.saga_type = checkout_choreography_saga;
    const std::vector<Outgoing> messages = to_messages({&written, 1}, "");
    ASSERT_EQ(messages.size(), 1u);
    EXPECT_EQ(messages[0].topic, row.topic);
    const Json json = Json::parse(*messages[0].value);
    EXPECT_EQ(json["status"], row.status);
    EXPECT_EQ(json["timestamp"], "2026-11-20T13:04:07.137Z");
    const auto read = to_event(received(messages[0]));
    ASSERT_TRUE(read);
    EXPECT_EQ(Json::parse(read->data), Json::parse(written.data));
  }
}

TEST(EventMessage, OfAPurchaseIsCopiedToTheOtherNameOfItsTopic) {
  Event reserved = event(EventType::stock_reserved, AggregateType::balance, 3, order_data);
  reserved.saga_type = item_purchase_saga;
  const std::vector<Event> events = {reserved, reserved};
  const std::vector<Outgoing> messages = to_messages(events, "p-");
  ASSERT_EQ(messages.size(), 4u);
  EXPECT_EQ(messages[0].topic, "p-payment.reserved");
  EXPECT_EQ(messages[1].topic, "p-user.validated");
  EXPECT_EQ(messages[1].value, messages[0].value);
  EXPECT_EQ(messages[1].key, messages[0].key);
  EXPECT_TRUE(to_event(received(messages[0])));
  EXPECT_FALSE(to_event(received(messages[1]))) << "an event counts once";
}

TEST(EventMessage, OfAnotherFormatIsNoEvent) {
  Incoming message;
  EXPECT_FALSE(to_event(message));
  message.value = R"({"message":"Hello Kafka!"})";
  EXPECT_FALSE(to_event(message));
  message.headers = {{"event-type", "OrderCreated"}, {"node", "n"}, {"sequence", "1"}};
  EXPECT_FALSE(to_event(message)) << "it lacks an aggregate";
  message.value = "no JSON";
  EXPECT_FALSE(to_event(message));
}

}  // namespace
}  // namespace sagactl::kafka
