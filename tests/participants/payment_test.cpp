#include "server/participants/payment.hpp"

#include <gtest/gtest.h>

namespace sagactl {
namespace {

const Moment moment{Timestamp{5'000'000}, "node-2", 1, 1};

TEST(Payment, ChangesStatusOnlyAsTheTableSays) {
  enum class Then { stays, changes, conflict };
  struct Row {
    PaymentStatus from;
    Then charge, refusal, refund;
  };
  using enum PaymentStatus;
  const std::vector<Row> table = {
      {pending, Then::conflict, Then::conflict, Then::conflict},
      {processing, Then::changes, Then::changes, Then::conflict},
      {completed, Then::stays, Then::stays, Then::changes},
      {failed, Then::changes, Then::stays, Then::conflict},
      {refunded, Then::stays, Then::stays, Then::stays},
  };
  ASSERT_EQ(table.size(), std::size(Spelling<PaymentStatus>::names));
  for (const Row& row : table) {
    const std::vector<std::tuple<PaymentCommand, Then, PaymentStatus>> columns = {
        {RecordCharge{"tx"}, row.charge, completed},
        {RecordRefusal{"declined"}, row.refusal, failed},
        {RecordRefund{}, row.refund, refunded}};
    for (const auto& [command, then, to] : columns) {
      SCOPED_TRACE(std::string(to_string(row.from)) + " / command " + std::to_string(command.index()));
      Payment payment = begin_payment(PaymentId{new_uuid()}, OrderId{new_uuid()}, UserId{}, 1, Money{100}, moment);
      payment.status = row.from;
      const auto decision = decide(payment, command, moment);
      ASSERT_EQ(decision.ok(), then != Then::conflict);
      if (!decision) continue;
      EXPECT_EQ(decision->payment.status, then == Then::changes ? to : row.from);
      EXPECT_EQ(decision->events.size(), then == Then::changes ? 1u : 0u);
    }
  }
}

TEST(Payment, EveryExecutionHasAKeyOfItsOwn) {
  const OrderId order{new_uuid()};
  EXPECT_EQ(charge_key(order, 1), charge_key(order, 1));
  EXPECT_NE(charge_key(order, 1), charge_key(order, 2));
}

TEST(Payment, ThatIsChargedAfterItFailedHasARefundDue) {
  Payment payment = begin_payment(PaymentId{new_uuid()}, OrderId{new_uuid()}, UserId{}, 1, Money{100}, moment);
  payment = decide(payment, RecordRefusal{"not charged"}, moment)->payment;
  EXPECT_FALSE(is_refund_due(payment));
  auto charged = decide(payment, RecordCharge{"tx"}, moment);
  EXPECT_EQ(charged->events.at(0).type, EventType::payment_charged_late);
  EXPECT_TRUE(is_refund_due(charged->payment));
  auto kept = decide(charged->payment, RecordRefundFailure{"account closed"}, moment);
  EXPECT_EQ(kept->events.at(0).type, EventType::payment_refund_failed);
  EXPECT_TRUE(is_refund_due(kept->payment));
  EXPECT_FALSE(is_refund_due(decide(kept->payment, RecordRefund{}, moment)->payment));
}

}  // namespace
}  // namespace sagactl
