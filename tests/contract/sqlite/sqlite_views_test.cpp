// The tables that users' SQL knows: SELECT and DELETE work on them, and they say what the API says.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/text/text.hpp"
#include "server/adapters/sqlite/sqlite_store.hpp"
#include "server/saga/saga_view.hpp"
#include "tests/contract/scratch.hpp"
#include "tests/contract/sqlite/sql_session.hpp"
#include "tests/contract/writing.hpp"

namespace sagactl {
namespace {

// Flow 1 is running, 2 is paid, 3 is compensated; user 1 is there.
class Views : public testing::Test, public StoreSubject {
 public:
  Store& store() override { return *store_; }
  Queries& queries() override { return *store_; }
  HistorySource& history() override { return *store_; }
  RecordStore& records() override { return *store_; }
  void reopen() override { crash("these tests use one life of the store"); }

 protected:
  void SetUp() override {
    const Timestamp made = node.create({1, 2, 3});
    node.write([&](ChangeList& list, Timestamp now) {
      running = new_flow(1, node.owner(), made);
      paid = completed(new_flow(2, node.owner(), made), now);
      undone = compensated(new_flow(3, node.owner(), made), "declined", now);
      list.update(paid).update(undone).add(new_user(1, now));
      list.add(node.event(paid, EventType::payment_processed, now));
    });
  }

 private:
  ScratchDirectory directory_;
  const std::string path_ = directory_.file("sagactl.db");
  std::unique_ptr<SqliteStore> store_ = open_sqlite({.path = path_}, clock).value();

 protected:
  SqlSession sql{path_};
  WriterNode node{*this, "node-1"};
  Flow running, paid, undone;
};

std::string iso(Timestamp time) {
  return iso8601_us(time);
}

TEST_F(Views, OrdersSayWhatTheApiSays) {
  const Order& order = paid.order;
  EXPECT_EQ(sql.text(
                R"(SELECT id, "userId", "totalAmount", status, items, "paymentId", "shippingAddress", "idempotencyKey",
                  "nodeId", "createdAt", "updatedAt" FROM orders WHERE id = ')" +
                order.id.text() + "'"),
            fmt::format("{}|{}|21.45|paid|{}|{}|{}|key-2|node-1|{}|{}", order.id.text(), order.user.text(),
                        to_json(order.items).dump(), order.payment_id, order.address, iso(order.created_at),
                        iso(order.updated_at)));
  EXPECT_EQ(sql.text(R"(SELECT metadata ->> 'cancelReason' FROM orders WHERE status = 'cancelled')"), "declined");
  EXPECT_EQ(sql.text(R"(SELECT sum("totalAmount") FROM orders)"), "64.35") << "amounts can be added up";
}

TEST_F(Views, PaymentsSayWhatTheApiSays) {
  const Payment& payment = paid.payments.front();
  EXPECT_EQ(sql.text(R"(SELECT id, "orderId", "userId", amount, method, status, "externalTransactionId",
                        "failureReason", "createdAt", "updatedAt" FROM payments WHERE status = 'completed')"),
            fmt::format("{}|{}|{}|21.45|credit_card|completed|{}|-|{}|{}", payment.id.text(), payment.order.text(),
                        payment.user.text(), payment.external_transaction_id, iso(payment.created_at),
                        iso(payment.updated_at)));
}

TEST_F(Views, SagasDeriveTheirStepsAsTheDomainDoes) {
  const SagaDefinition& definition = *find_definition(order_processing_saga);
  for (const Flow* flow : {&running, &paid, &undone}) {
    const Saga& saga = *flow->saga;
    const std::string where = " FROM saga_instances WHERE id = '" + saga.id.text() + "'";
    EXPECT_EQ(sql.text(R"(SELECT "currentStep")" + where), current_step(definition, saga));
    EXPECT_EQ(sql.text(R"(SELECT "completedSteps")" + where), Json(completed_steps(definition, saga)).dump());
    EXPECT_EQ(sql.text(R"(SELECT "compensationSteps")" + where), Json(compensation_steps(definition, saga)).dump());
    EXPECT_EQ(
        sql.text(R"(SELECT "sagaType", "correlationId", status, "errorMessage", "createdAt", "updatedAt")" + where),
        fmt::format("{}|{}|{}|{}|{}|{}", saga.type, correlation_of(*flow), to_string(saga.status),
                    saga.error.empty() ? "-" : saga.error, iso(saga.created_at), iso(saga.updated_at)));
    const Json data = Json::parse(sql.text("SELECT data" + where));
    EXPECT_EQ(data["orderId"], flow->order.id.text());
    EXPECT_EQ(data["userId"], flow->order.user.text());
    EXPECT_EQ(data["items"], to_json(flow->order.items));
    EXPECT_EQ(data["totalAmount"], 21.45);
    EXPECT_EQ(data["shippingAddress"], flow->order.address);
  }
}

TEST_F(Views, TheEventStoreSaysWhatHappened) {
  const std::string event =
      R"(SELECT "aggregateId", "aggregateType", "eventType", version, "correlationId", "nodeId", sequence,
         "causationId" FROM event_store WHERE "eventType" = )";
  EXPECT_EQ(sql.text(event + "'PaymentProcessed'"), fmt::format("{}|Payment|PaymentProcessed|1|{}|node-1|4|-",
                                                                paid.payments.front().id.text(), paid.order.id.text()));
  EXPECT_EQ(sql.text(R"(SELECT count(DISTINCT id), count(json("eventData")), min(length(id)) FROM event_store)"),
            "4|4|36");
}

TEST_F(Views, UsersSayWhatTheApiSays) {
  EXPECT_EQ(sql.text(R"(SELECT id, email, password, "firstName", "lastName", role, status, "emailVerified",
                        "refreshToken" FROM users)"),
            user_id(1).text() + "|user1@test.com|$argon2id$...|Gold|Én|merchant|suspended|1|hash");
}

TEST_F(Views, InventoriesSayWhatStockThereIs) {
  node.write([&](ChangeList& list, Timestamp now) {
    list.add(new_stock(StockKind::product, "A", 5, "node-1", now));
    list.add(new_stock(StockKind::item, "A", 6, "node-1", now));
    list.add(new_stock(StockKind::product, "B", 7, "node-1", now));
  });
  const std::string all = R"(SELECT "productId", "productName", "availableQuantity", "reservedQuantity",
                             "soldQuantity", price, kind FROM inventories ORDER BY kind, "productId")";
  EXPECT_EQ(sql.text(all),
            "A|The \"A\" näme|6|30|70|10.70|item\n"
            "A|The \"A\" näme|5|30|70|10.70|product\n"
            "B|The \"B\" näme|7|30|70|10.70|product");
  sql.run(R"(DELETE FROM inventories WHERE "productId" = 'A' AND kind = 'product')");
  EXPECT_FALSE(queries().stock({StockKind::product, "A"}).value());
  EXPECT_TRUE(queries().stock({StockKind::item, "A"}).value()) << "another kind is another stock";
  sql.run("DELETE FROM inventories");
  EXPECT_TRUE(queries().stocks(StockKind::product, "", 10).value().empty());
  EXPECT_EQ(sql.text("SELECT count(*) FROM stock"), "0");
}

TEST_F(Views, WhatIsDeletedIsGoneFromAnswersAndCounts) {
  sql.run("DELETE FROM orders WHERE status = 'paid'");
  EXPECT_EQ(queries().orders({}, {.limit = 10}).value().total, 2);
  EXPECT_EQ(queries().counts().value().orders.count(OrderStatus::paid), 0u);
  EXPECT_EQ(queries().flow(paid.order.id).value()->order.version, 0) << "its saga is still there";
  EXPECT_EQ(sql.text("SELECT count(*) FROM saga_instances"), "3");
  const Loaded loaded = load(*this, node, {.claims = {digest_of_key("key-2")}});
  ASSERT_EQ(loaded.claims.size(), 1u);
  EXPECT_FALSE(loaded.claims[0].live) << "an order that is gone holds no key";

  sql.run(
      "DELETE FROM event_store; DELETE FROM saga_instances; DELETE FROM payments; DELETE FROM orders;"
      "DELETE FROM users");
  const Counts counts = queries().counts().value();
  EXPECT_TRUE(counts.orders.empty());
  EXPECT_TRUE(counts.sagas.empty());
  EXPECT_TRUE(counts.events.empty());
  EXPECT_EQ(sql.text("SELECT (SELECT count(*) FROM flow), (SELECT count(*) FROM payment), "
                     "(SELECT count(*) FROM barrier), (SELECT count(*) FROM account)"),
            "0|0|0|0");

  node.create({1, 2});
  EXPECT_EQ(queries().orders({}, {.limit = 10}).value().total, 2);
  EXPECT_EQ(store().events_after("node-1", 0, 10).value().front().sequence, 5) << "sequences are not used again";
}

// A held flow is out of sight, and stays until it is given back.
TEST_F(Views, AnOrderThatIsDeletedBetweenTwoBatchesIsNotThereForTheSecond) {
  node.create({4});
  sql.run("DELETE FROM orders WHERE id = '" + order_id(4).text() + "'");
  const Loaded loaded = load(*this, node, {.flows = {order_id(4)}});
  ASSERT_EQ(loaded.flows.size(), 1u) << "its saga is";
  EXPECT_FALSE(has_order(loaded.flows.front()));
}

TEST_F(Views, AFlowThatHoldsStockStaysUntilThatIsGivenBack) {
  Flow flow;
  node.write([&](ChangeList& list, Timestamp now) {
    flow = new_flow_of(checkout_saga, 9, node.owner(), now);
    list.create(flow).set(flow.order.id, flow.reservations);
    list.add(node.event(flow, EventType::order_created, now));
  });
  const std::string id = flow.order.id.text(), row = " FROM flow WHERE customer = 'buyer-1' OR expires_at IS NOT NULL";
  sql.run("DELETE FROM orders WHERE id = '" + id + "'");
  EXPECT_EQ(sql.text("SELECT customer" + row), "-");
  EXPECT_EQ(queries().sagas({.type = std::string(checkout_saga)}, {.limit = 10}).value().total, 1)
      << "a saga whose order was deleted is still listed";
  sql.run("DELETE FROM payments WHERE \"orderId\" = '" + id + "'");
  sql.run("DELETE FROM saga_instances WHERE id = '" + id + "'");
  sql.run("DELETE FROM event_store WHERE \"correlationId\" = '" + correlation_of(flow) + "'");
  clock.advance(10min);
  EXPECT_THAT(store().due_flows(10).value(), testing::ElementsAre(flow.order.id));
  EXPECT_EQ(load(*this, node, {.flows = {flow.order.id}}).flows.at(0).reservations, flow.reservations);

  node.write([&](ChangeList& list, Timestamp now) {
    for (Reservation& reservation : flow.reservations) reservation.status = ReservationStatus::expired;
    list.set(flow.order.id, flow.reservations).add(node.event(flow, EventType::stock_released, now));
  });
  EXPECT_EQ(queries().flow_events(flow.order.id).value().size(), 1u) << "what was given back can be told";
  sql.run("DELETE FROM event_store WHERE \"eventType\" = 'StockReleased'");
  EXPECT_EQ(sql.text("SELECT count(*) FROM flow WHERE reservations IS NOT NULL"), "0");
}

}  // namespace
}  // namespace sagactl
