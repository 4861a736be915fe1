// The tables that users' SQL knows: SELECT and DELETE work on them, with the types of the reference, and they say what
// the API says.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/text/text.hpp"
#include "server/saga/saga_view.hpp"
#include "tests/contract/postgres_subject.hpp"
#include "tests/contract/writing.hpp"

namespace sagactl {
namespace {

// Flow 1 is running, 2 is paid, 3 is compensated; user 1 is there.
class PostgresViews : public testing::Test {
 protected:
  void SetUp() override {
    SAGACTL_NEEDS(postgres_url(), "PostgreSQL");
    subject = std::make_unique<PostgresSubject>(*postgres_url());
    node = std::make_unique<TestNode>(*subject, "node-1");
    const Timestamp made = node->create({1, 2, 3});
    subject->clock.advance(1500ms);
    node->write([&](ChangeList& list, Timestamp now) {
      running = new_flow(1, node->owner(), made);
      paid = completed(new_flow(2, node->owner(), made), now);
      undone = compensated(new_flow(3, node->owner(), made), "declined", now);
      list.update(paid).update(undone).add(new_user(1, now));
      list.add(node->event(paid, EventType::payment_processed, now));
    });
  }

  std::string text(const std::string& sql) { return subject->sql().text(sql); }
  Queries& queries() { return subject->queries(); }

  std::unique_ptr<PostgresSubject> subject;
  std::unique_ptr<TestNode> node;
  Flow running, paid, undone;
};

// As PostgreSQL prints a timestamp: without zeros at the end.
std::string stamp(Timestamp time) {
  std::string text = iso8601_us(time);
  text[10] = ' ';
  text.pop_back();
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

// jsonb keeps no order of members.
nlohmann::json any_order(const std::string& text) {
  return nlohmann::json::parse(text);
}

TEST_F(PostgresViews, OrdersSayWhatTheApiSays) {
  const Order& order = paid.order;
  EXPECT_EQ(text(R"(SELECT id, "userId", "totalAmount", status, "paymentId", "shippingAddress", "idempotencyKey",
                  "nodeId", "createdAt", "updatedAt" FROM orders WHERE id = ')" +
                 order.id.text() + "'"),
            fmt::format("{}|{}|21.45|paid|{}|{}|key-2|node-1|{}|{}", order.id.text(), order.user.text(),
                        order.payment_id, order.address, stamp(order.created_at), stamp(order.updated_at)));
  EXPECT_EQ(any_order(text("SELECT items FROM orders WHERE status = 'paid'")), any_order(to_json_text(order.items)));
  EXPECT_EQ(text(R"(SELECT metadata ->> 'cancelReason' FROM orders WHERE status = 'cancelled')"), "declined");
  EXPECT_EQ(text(R"(SELECT sum("totalAmount") FROM orders)"), "64.35");
}

TEST_F(PostgresViews, TimesCanBeReckonedWithAndTablesJoined) {
  EXPECT_EQ(text(R"(SELECT extract(epoch FROM s."updatedAt" - o."createdAt")::numeric(6, 3), p.status
                    FROM orders o JOIN saga_instances s ON s.data ->> 'orderId' = o.id::text
                    LEFT JOIN payments p ON p."orderId" = o.id::text WHERE o.status = 'paid')"),
            "1.500|completed");
  EXPECT_EQ(text(R"(SELECT count(*) FROM orders o JOIN payments p ON o.id = p."orderId"::uuid
                    WHERE o."createdAt" > now() - interval '100 years' AND o."createdAt" <= p."updatedAt")"),
            "3");
  EXPECT_EQ(text(R"(SELECT status, count(*) FROM orders GROUP BY status ORDER BY status)"),
            "cancelled|1\npaid|1\npending|1");
  EXPECT_EQ(text(R"(SELECT pg_typeof(id), pg_typeof("totalAmount"), pg_typeof(items), pg_typeof("createdAt")
                    FROM orders LIMIT 1)"),
            "uuid|numeric|jsonb|timestamp without time zone");
}

TEST_F(PostgresViews, PaymentsSayWhatTheApiSays) {
  const Payment& payment = paid.payments.front();
  EXPECT_EQ(text(R"(SELECT id, "orderId", "userId", amount, method, status, "externalTransactionId",
                    "failureReason", "createdAt", "updatedAt" FROM payments WHERE status = 'completed')"),
            fmt::format("{}|{}|{}|21.45|credit_card|completed|{}|-|{}|{}", payment.id.text(), payment.order.text(),
                        payment.user.text(), payment.external_transaction_id, stamp(payment.created_at),
                        stamp(payment.updated_at)));
}

TEST_F(PostgresViews, SagasDeriveTheirStepsAsTheDomainDoes) {
  const SagaDefinition& definition = *find_definition(order_processing_saga);
  for (const Flow* flow : {&running, &paid, &undone}) {
    const Saga& saga = *flow->saga;
    const std::string where = " FROM saga_instances WHERE id = '" + saga.id.text() + "'";
    EXPECT_EQ(text(R"(SELECT "currentStep")" + where), current_step(definition, saga));
    EXPECT_EQ(Json::parse(text(R"(SELECT "completedSteps")" + where)), Json(completed_steps(definition, saga)));
    EXPECT_EQ(Json::parse(text(R"(SELECT "compensationSteps")" + where)), Json(compensation_steps(definition, saga)));
    EXPECT_EQ(
        text(R"(SELECT "sagaType", "correlationId", status, "errorMessage", "createdAt", "updatedAt")" + where),
        fmt::format("{}|{}|{}|{}|{}|{}", saga.type, correlation_of(*flow), to_string(saga.status),
                    saga.error.empty() ? "-" : saga.error, stamp(saga.created_at), stamp(saga.updated_at)));
    const auto data = any_order(text("SELECT data" + where));
    EXPECT_EQ(data["orderId"], flow->order.id.text());
    EXPECT_EQ(data["userId"], flow->order.user.text());
    EXPECT_EQ(data["items"], any_order(to_json_text(flow->order.items)));
    EXPECT_EQ(data["totalAmount"], 21.45);
    EXPECT_EQ(data["shippingAddress"], flow->order.address);
  }
}

TEST_F(PostgresViews, TheEventStoreSaysWhatHappened) {
  EXPECT_EQ(text(R"(SELECT "aggregateId", "aggregateType", "eventType", version, "correlationId", "nodeId", sequence,
                    "causationId", "eventData" ->> 'orderId' FROM event_store WHERE "eventType" = 'PaymentProcessed')"),
            fmt::format("{}|Payment|PaymentProcessed|1|{}|node-1|4|-|{}", paid.payments.front().id.text(),
                        paid.order.id.text(), paid.order.id.text()));
  EXPECT_EQ(text(R"(SELECT count(DISTINCT id), count("eventData") FROM event_store)"), "4|4");
}

TEST_F(PostgresViews, UsersSayWhatTheApiSays) {
  EXPECT_EQ(text(R"(SELECT id, email, password, "firstName", "lastName", role, status, "emailVerified",
                    "refreshToken" FROM users)"),
            user_id(1).text() + "|user1@test.com|$argon2id$...|Gold|Én|merchant|suspended|t|hash");
}

TEST_F(PostgresViews, InventoriesSayWhatStockThereIs) {
  node->write([&](ChangeList& list, Timestamp now) {
    list.add(new_stock(StockKind::product, "A", 5, "node-1", now));
    list.add(new_stock(StockKind::item, "A", 6, "node-1", now));
    list.add(new_stock(StockKind::product, "B", 7, "node-1", now));
  });
  EXPECT_EQ(text(R"(SELECT "productId", "productName", "availableQuantity", "reservedQuantity", "soldQuantity", price,
                    kind FROM inventories ORDER BY kind, "productId")"),
            "A|The \"A\" näme|6|30|70|10.70|item\n"
            "A|The \"A\" näme|5|30|70|10.70|product\n"
            "B|The \"B\" näme|7|30|70|10.70|product");
  EXPECT_EQ(text(R"(SELECT pg_typeof("productId"), pg_typeof("availableQuantity"), pg_typeof(price)
                    FROM inventories LIMIT 1)"),
            "character varying|bigint|numeric");
  subject->sql().run(R"(DELETE FROM inventories WHERE "productId" = 'A' AND kind = 'product')");
  EXPECT_FALSE(queries().stock({StockKind::product, "A"}).value());
  EXPECT_TRUE(queries().stock({StockKind::item, "A"}).value()) << "another kind is another stock";
  subject->sql().run("DELETE FROM inventories");
  EXPECT_TRUE(queries().stocks(StockKind::product, "", 10).value().empty());
  EXPECT_EQ(text("SELECT count(*) FROM stock"), "0");
}

TEST_F(PostgresViews, WhatIsDeletedIsGoneFromAnswersAndCounts) {
  PostgresSession& sql = subject->sql();
  sql.run("DELETE FROM orders WHERE status = 'paid'");
  EXPECT_EQ(queries().orders({}, {.limit = 10}).value().total, 2);
  EXPECT_EQ(queries().counts().value().orders.count(OrderStatus::paid), 0u);
  EXPECT_EQ(queries().flow(paid.order.id).value()->order.version, 0) << "its saga is still there";
  EXPECT_EQ(text("SELECT count(*) FROM saga_instances"), "3");
  const Loaded loaded = load(*subject, *node, {.claims = {digest_of_key("key-2")}});
  ASSERT_EQ(loaded.claims.size(), 1u);
  EXPECT_FALSE(loaded.claims[0].live) << "an order that is gone holds no key";

  for (const char* table : {"event_store", "saga_instances", "payments", "orders", "users"})
    sql.run(std::string("DELETE FROM ") + table);
  const Counts counts = queries().counts().value();
  EXPECT_TRUE(counts.orders.empty());
  EXPECT_TRUE(counts.sagas.empty());
  EXPECT_TRUE(counts.events.empty());
  EXPECT_EQ(text("SELECT (SELECT count(*) FROM flow), (SELECT count(*) FROM event), (SELECT count(*) FROM account)"),
            "0|0|0");

  node->create({1, 2});
  EXPECT_EQ(queries().orders({}, {.limit = 10}).value().total, 2);
  EXPECT_EQ(queries().counts().value().orders.at(OrderStatus::pending), 2);
  EXPECT_EQ(subject->store().events_after("node-1", 0, 10).value().front().sequence, 5)
      << "sequences are not used again";
}

// A held flow is out of sight, and goes when it is given back.
TEST_F(PostgresViews, AFlowThatHoldsStockStaysUntilThatIsGivenBack) {
  PostgresSession& sql = subject->sql();
  Flow flow;
  node->write([&](ChangeList& list, Timestamp now) {
    flow = new_flow_of(checkout_saga, 9, node->owner(), now);
    list.create(flow).set(flow.order.id, flow.reservations);
    list.add(node->event(flow, EventType::order_created, now));
  });
  const std::string id = "'" + flow.order.id.text() + "'";
  sql.run("DELETE FROM orders WHERE id = " + id);
  EXPECT_EQ(text("SELECT customer FROM flow WHERE id = " + id), "-");
  EXPECT_EQ(queries().sagas({.type = std::string(checkout_saga)}, {.limit = 10}).value().total, 1)
      << "a saga whose order was deleted is still listed";
  sql.run("DELETE FROM payments WHERE flow = " + id);
  sql.run("DELETE FROM saga_instances WHERE id = " + id);
  sql.run("DELETE FROM event_store WHERE flow = " + id);
  subject->clock.advance(10min);
  EXPECT_THAT(subject->store().due_flows(10).value(), testing::ElementsAre(flow.order.id));
  EXPECT_EQ(load(*subject, *node, {.flows = {flow.order.id}}).flows.at(0).reservations, flow.reservations);

  node->write([&](ChangeList& list, Timestamp now) {
    for (Reservation& reservation : flow.reservations) reservation.status = ReservationStatus::expired;
    list.set(flow.order.id, flow.reservations).add(node->event(flow, EventType::stock_released, now));
    list.changes.taken_over.push_back(flow.order.id);
  });
  EXPECT_EQ(text("SELECT count(*) FROM flow WHERE id = " + id), "0");
  EXPECT_EQ(queries().flow_events(flow.order.id).value().size(), 1u) << "what was given back can be told";
}

}  // namespace
}  // namespace sagactl
