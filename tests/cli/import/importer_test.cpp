// What an import writes, for every state in which the other system can have left an order.
#include "cli/import/importer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/verify.hpp"
#include "server/adapters/memory/memory_store.hpp"
#include "server/adapters/simulated/simulated_clock.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

const Timestamp there = SimulatedClock::epoch - 24h;  // when it all happened

OrderId numbered(int number) {
  OrderId id = *OrderId::parse("77533770-8c11-4ec5-a8b3-6a8657740000");
  id.uuid.bytes[14] = static_cast<std::uint8_t>(number / 256);
  id.uuid.bytes[15] = static_cast<std::uint8_t>(number % 256);
  return id;
}

SourceOrder order_there(int number, OrderStatus status) {
  SourceOrder order;
  order.id = numbered(number);
  order.user = *UserId::parse("4b984cd8-c2cb-4d9b-94ca-cb114ebb0892");
  order.items = {{"P" + std::to_string(number), "Product", 2, {38850}}};
  order.total = {77700};
  order.status = status;
  order.address = "Seoul, Teheran-ro 123";
  order.idempotency_key = "key-" + std::to_string(number);
  order.created_at = there;
  order.updated_at = there + 2s;
  order.events.push_back({"f83f63f3-ac72-4ec6-b865-e9a6f4604aa7", EventType::order_created, "", there + 2ms});
  return order;
}

SourcePayment payment_there(const SourceOrder& order, PaymentStatus status) {
  SourcePayment payment;
  payment.id = {order.id.uuid};
  payment.id.uuid.bytes[0] = 1;
  payment.amount = order.total;
  payment.status = status;
  if (status == PaymentStatus::completed || status == PaymentStatus::refunded)
    payment.external_transaction_id = "ext_tx_" + order.id.text();
  if (status == PaymentStatus::failed) payment.failure_reason = "Insufficient funds or card declined";
  payment.created_at = there + 120ms;
  payment.updated_at = there + 1600ms;
  return payment;
}

SourceSaga saga_there(const SourceOrder& order, SagaStatus status) {
  SourceSaga saga;
  saga.id = order.id.uuid;
  saga.id.bytes[0] = 2;
  saga.correlation = order.idempotency_key;
  saga.status = status;
  saga.created_at = there + 100ms;
  saga.updated_at = there + 1700ms;
  return saga;
}

SourceOrder whole_order(int number, OrderStatus status, std::optional<PaymentStatus> payment,
                        std::optional<SagaStatus> saga) {
  SourceOrder order = order_there(number, status);
  if (payment) order.payment = payment_there(order, *payment);
  if (saga) order.saga = saga_there(order, *saga);
  return order;
}

class Import : public testing::Test {
 protected:
  ImportReport bring(const std::vector<SourceOrder>& orders, bool is_live = false) {
    ImportReport report;
    Importer importer(*store, *store, clock, {.is_live = is_live});
    EXPECT_TRUE(importer.begin().ok());
    const auto brought = importer.bring(orders, report);
    EXPECT_TRUE(brought.ok()) << brought.error().message;
    EXPECT_TRUE(importer.end().ok());
    return report;
  }
  ImportReport bring(const std::vector<User>& users) {
    ImportReport report;
    Importer importer(*store, *store, clock, {});
    EXPECT_TRUE(importer.begin().ok());
    EXPECT_TRUE(importer.bring(users, report).ok());
    EXPECT_TRUE(importer.end().ok());
    return report;
  }
  Flow flow(int number) { return **store->flow(numbered(number)); }

  // Everything that verify finds wrong.
  std::string wrong() {
    const auto history = store->snapshot();
    const auto verdicts = verify(**history);
    std::string text;
    for (const sagactl::Verdict& verdict : *verdicts)
      if (verdict.ruling == Ruling::fail) text += verdict.name + ": " + verdict.reason + "\n";
    return text;
  }

  SimulatedClock clock;
  std::unique_ptr<MemoryStore> store = make_memory_store(clock);
};

TEST_F(Import, OfAnOrderInWhateverStateIsAsVerifyWantsIt) {
  std::vector<std::optional<PaymentStatus>> payments = {std::nullopt};
  for (int i = 0; i <= static_cast<int>(PaymentStatus::refunded); ++i) payments.emplace_back(PaymentStatus(i));
  std::vector<std::optional<SagaStatus>> sagas = {std::nullopt};
  for (int i = 0; i <= static_cast<int>(SagaStatus::compensated); ++i) sagas.emplace_back(SagaStatus(i));
  std::vector<SourceOrder> orders;
  for (int status = 0; status <= static_cast<int>(OrderStatus::failed); ++status)
    for (const auto& payment : payments)
      for (const auto& saga : sagas)
        orders.push_back(whole_order(static_cast<int>(orders.size()), static_cast<OrderStatus>(status), payment, saga));
  const ImportReport report = bring(orders);
  EXPECT_EQ(report.orders.brought, orders.size());
  EXPECT_EQ(wrong(), "");
  for (std::size_t i = 0; i < orders.size(); ++i) {
    const Flow brought = flow(static_cast<int>(i));
    const bool was_open = orders[i].status == OrderStatus::pending || orders[i].status == OrderStatus::processing;
    if (!was_open) {
      EXPECT_EQ(brought.order.status, orders[i].status) << i;
    }
    if (orders[i].payment && orders[i].payment->status != PaymentStatus::pending) {
      EXPECT_EQ(brought.payments.at(0).status, orders[i].payment->status) << i;
    }
    EXPECT_TRUE(is_terminal(brought.saga->status)) << i;
  }
  const ImportReport again = bring(orders);
  EXPECT_EQ(again.orders.as_before, orders.size());
  EXPECT_EQ(again.orders.brought + again.orders.changed + again.orders.kept, 0u);
  EXPECT_EQ(wrong(), "");
}

TEST_F(Import, KeepsTheTimesTheIdsAndTheTrace) {
  SourceOrder order = whole_order(1, OrderStatus::paid, PaymentStatus::completed, SagaStatus::completed);
  order.events.push_back({"63fad01d-6c73-48dc-871e-2caacfdf9d64", EventType::payment_processed, "", there + 1610ms});
  order.events.push_back({"78498077-8c51-4618-a549-76219ec93fe8", EventType::order_confirmed, "", there + 1627ms});
  bring({order});
  const Flow brought = flow(1);
  EXPECT_EQ(brought.order.created_at, there);
  EXPECT_EQ(brought.order.updated_at, order.updated_at);
  EXPECT_EQ(brought.order.payment_id, order.payment->id.text());
  EXPECT_EQ(brought.saga->status, SagaStatus::completed);
  EXPECT_EQ(brought.saga->created_at, order.saga->created_at);
  EXPECT_EQ(brought.saga->correlation, "key-1");
  EXPECT_EQ(brought.payments.at(0).external_transaction_id, order.payment->external_transaction_id);
  std::string told;
  for (const Event& event : *store->flow_events(order.id))
    told += std::string(to_string(event.type)) + " +" + std::to_string((event.occurred_at - there) / 1ms) + "\n";
  EXPECT_EQ(told,
            "OrderCreated +2\nSagaStarted +100\nPaymentProcessed +1610\nSagaStepCompleted +1610\n"
            "OrderConfirmed +1627\nOrderStatusChanged +1627\nSagaStepCompleted +1627\nSagaCompleted +1627\n");
  for (const std::string& name : {order.saga->id.text(), order.id.text(), std::string("key-1")})
    EXPECT_EQ((**store->find_flow(name)).order.id, order.id) << name;
  EXPECT_THAT(store->flow_events(order.id)->front().metadata, HasSubstr("f83f63f3-ac72-4ec6-b865-e9a6f4604aa7"));
}

TEST_F(Import, IsNotPublished) {
  bring({whole_order(1, OrderStatus::paid, PaymentStatus::completed, SagaStatus::completed)});
  EXPECT_EQ(store->counts()->unpublished_events, 0);
  EXPECT_GT(store->nodes()->at(0).last_sequence, 0);
}

TEST_F(Import, JudgesWhatHadNotEnded) {
  using J = Judgement;
  const auto judged = [](const SourceOrder& order, bool is_live = false) {
    return replay(order, {{"node", 1}, SimulatedClock::epoch, is_live}).judgement;
  };
  SourceOrder fresh = whole_order(1, OrderStatus::pending, std::nullopt, SagaStatus::started);
  EXPECT_EQ(judged(fresh), J::ended_compensated) << "a day old";
  EXPECT_EQ(judged(fresh, true), J::not_yet);
  fresh.saga->created_at = SimulatedClock::epoch - 1min;
  EXPECT_EQ(judged(fresh), J::taken_up);
  EXPECT_EQ(judged(whole_order(1, OrderStatus::pending, PaymentStatus::completed, SagaStatus::started)),
            J::ended_completed);
  EXPECT_EQ(judged(whole_order(1, OrderStatus::pending, PaymentStatus::failed, SagaStatus::compensating)),
            J::ended_compensated);
  EXPECT_EQ(judged(whole_order(1, OrderStatus::pending, PaymentStatus::processing, SagaStatus::started)),
            J::left_to_a_person);
  EXPECT_EQ(judged(whole_order(1, OrderStatus::cancelled, PaymentStatus::completed, SagaStatus::completed)),
            J::left_to_a_person);
  EXPECT_EQ(judged(whole_order(1, OrderStatus::cancelled, PaymentStatus::completed, SagaStatus::completed), true),
            J::left_to_a_person);
  SourceOrder wrong_amount = whole_order(1, OrderStatus::paid, PaymentStatus::completed, SagaStatus::completed);
  wrong_amount.payment->amount = {1};
  EXPECT_EQ(judged(wrong_amount), J::left_to_a_person);
}

TEST_F(Import, ATakenUpSagaIsAdoptedByANode) {
  SourceOrder order = whole_order(1, OrderStatus::pending, std::nullopt, SagaStatus::started);
  order.saga->created_at = SimulatedClock::epoch - 1min;
  const ImportReport report = bring({order});
  EXPECT_EQ(report.judged.at(Judgement::taken_up), 1u);
  const auto node = store->register_node("node-1", "", 10s);
  EXPECT_EQ(store->adopt(node->writer, Owners::dead, 10).value(), (std::vector<OrderId>{order.id}));
  EXPECT_EQ(bring({order}).orders.as_before, 1u) << "a node has it now";
  clock.advance(20min);
  EXPECT_EQ(bring({order}).orders.kept, 1u);
}

TEST_F(Import, BringsWhatHasHappenedThereSince) {
  SourceOrder order = whole_order(1, OrderStatus::paid, PaymentStatus::completed, SagaStatus::completed);
  bring({order});
  order.status = OrderStatus::delivered;
  order.updated_at = there + 1h;
  EXPECT_EQ(bring({order}).orders.changed, 1u);
  EXPECT_EQ(flow(1).order.status, OrderStatus::delivered);
  EXPECT_EQ(wrong(), "");
  EXPECT_EQ(bring({order}).orders.as_before, 1u);

  SourceOrder cancelled = whole_order(2, OrderStatus::paid, PaymentStatus::completed, SagaStatus::completed);
  bring({cancelled});
  cancelled.status = OrderStatus::cancelled;
  const ImportReport report = bring({cancelled});
  EXPECT_EQ(report.orders.changed, 1u);
  EXPECT_EQ(report.judged.at(Judgement::left_to_a_person), 1u);
  EXPECT_TRUE(flow(2).saga->requires_manual_intervention);
  EXPECT_EQ(wrong(), "");
}

TEST_F(Import, SaysWhatItEndedHereAndWentOnThere) {
  SourceOrder order = whole_order(1, OrderStatus::pending, std::nullopt, SagaStatus::started);
  bring({order});
  EXPECT_EQ(flow(1).order.status, OrderStatus::cancelled);
  order = whole_order(1, OrderStatus::paid, PaymentStatus::completed, SagaStatus::completed);
  const ImportReport report = bring({order});
  EXPECT_EQ(report.orders.left_out, 1u);
  ASSERT_EQ(report.problems.size(), 1u);
  EXPECT_THAT(report.problems[0].why, HasSubstr("it is cancelled here since an earlier import"));
  EXPECT_EQ(wrong(), "");
}

TEST_F(Import, OfWhatANodeHasChangedKeepsIt) {
  SourceOrder order = whole_order(1, OrderStatus::paid, PaymentStatus::completed, SagaStatus::completed);
  bring({order});
  const auto node = store->register_node("node-1", "", 10s);
  Loaded loaded;
  Flow changed;
  std::vector<Event> events;
  const auto committed = store->transact(node->writer, {.flows = {order.id}}, loaded, [&](Timestamp now) {
    changed = loaded.flows.at(0);
    auto decided = decide(changed.order, NotifyBuyer{}, Moment{now, "node-1", 1, 0});
    changed.order = decided->order;
    events = decided->events;
    events.at(0).node = "node-1";
    events.at(0).sequence = 1;
    events.at(0).occurred_at = now;
    Changes changes;
    changes.orders = {&changed.order};
    changes.events = {&events.at(0)};
    return changes;
  });
  ASSERT_TRUE(committed.ok()) << committed.error().message;
  order.status = OrderStatus::delivered;
  EXPECT_EQ(bring({order}).orders.kept, 1u);
  EXPECT_EQ(flow(1).order.status, OrderStatus::paid);
}

TEST_F(Import, GivesAKeyToOneLiveOrder) {
  SourceOrder first = whole_order(1, OrderStatus::paid, PaymentStatus::completed, SagaStatus::completed);
  SourceOrder second = whole_order(2, OrderStatus::paid, PaymentStatus::completed, SagaStatus::completed);
  second.idempotency_key = first.idempotency_key;
  const ImportReport report = bring({first, second});
  EXPECT_EQ(report.orders.brought, 2u);
  ASSERT_EQ(report.remarks.size(), 1u);
  EXPECT_EQ(report.remarks[0].id, second.id.text());
  EXPECT_TRUE(flow(1).order.holds_key);
  EXPECT_FALSE(flow(2).order.holds_key);
  EXPECT_EQ(wrong(), "");
}

User user_there(int number) {
  User user;
  user.id = {numbered(number).uuid};
  user.email = "user" + std::to_string(number) + "@example.com";
  user.password_hash = "$2b$12$nPHVSwQqsQOGk1K.SGWEJeyglnz2ODGEndl1v61Rl33YBdIndeDzO";
  user.first_name = "Gold";
  user.created_at = user.updated_at = there;
  return user;
}

TEST_F(Import, OfUsersWritesEachOnce) {
  const ImportReport report = bring({user_there(1), user_there(2)});
  EXPECT_EQ(report.users.brought, 2u);
  EXPECT_EQ((**store->user_by_email("user1@example.com")), user_there(1));
  User renamed = user_there(2);
  renamed.last_name = "En";
  const ImportReport again = bring({user_there(1), renamed});
  EXPECT_EQ(again.users.as_before, 1u);
  EXPECT_EQ(again.users.changed, 1u);
  EXPECT_EQ((**store->user_by_email("user2@example.com")).last_name, "En");
}

TEST_F(Import, LeavesOutAUserWhoseAddressIsTaken) {
  User other = user_there(2);
  other.email = user_there(1).email;
  const ImportReport report = bring({user_there(1), other});
  EXPECT_EQ(report.users.brought, 1u);
  EXPECT_EQ(report.users.left_out, 1u);
  ASSERT_EQ(report.problems.size(), 1u);
  EXPECT_EQ(report.problems[0].id, other.id.text());
}

TEST_F(Import, KeepsAUserWhoHasLoggedInHere) {
  bring({user_there(1)});
  User here = user_there(1);
  here.password_hash = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo";
  const auto node = store->register_node("node-1", "", 10s);
  Loaded loaded;
  ASSERT_TRUE(store
                  ->transact(node->writer, {}, loaded,
                             [&](Timestamp) {
                               Changes changes;
                               changes.users = {&here};
                               return changes;
                             })
                  .ok());
  EXPECT_EQ(bring({user_there(1)}).users.kept, 1u);
  EXPECT_EQ(**store->user_by_email(here.email), here);
}

TEST_F(Import, SaysWhoCannotLogIn) {
  User costly = user_there(1), strange = user_there(2);
  costly.password_hash.replace(4, 2, "31");
  strange.password_hash = "plain text";
  const ImportReport report = bring({costly, strange});
  ASSERT_EQ(report.remarks.size(), 2u);
  EXPECT_THAT(report.remarks[0].why, HasSubstr("cost is 31"));
  EXPECT_THAT(report.remarks[1].why, HasSubstr("no bcrypt hash"));
}

}  // namespace
}  // namespace sagactl
