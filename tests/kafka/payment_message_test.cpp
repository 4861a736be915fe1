// The format of commands and replies: docs/remote-participants.md.
#include "server/adapters/kafka/payment_message.hpp"

#include <gtest/gtest.h>

#include "common/text/json.hpp"
#include "tests/kafka/received.hpp"

namespace sagactl::kafka {
namespace {

PaymentCommandMessage a_charge() {
  PaymentCommandMessage command;
  command.message_id = "m-1";
  command.order_id = "o-1";
  command.charge_key = "o-1:1";
  command.amount = Money{1950};
  command.product_ids = {"BOOK", "PEN"};
  command.reply_to = "node-1";
  command.expires_at = *parse_iso8601("2026-11-20T13:04:07.137Z");
  command.trace_parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  command.payment_key = "tgen_5zJ4xY7m0kODnyRpQWGrN2xq";
  return command;
}

TEST(PaymentMessage, OfAChargeIsReadAsItWasWritten) {
  const PaymentCommandMessage written = a_charge();
  const Outgoing message = to_message(written, "p-");
  EXPECT_EQ(message.topic, "p-payment-commands");
  EXPECT_EQ(message.key, "o-1");
  const auto read = to_payment_command(received(message));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->request, PaymentRequest::charge);
  EXPECT_EQ(read->message_id, written.message_id);
  EXPECT_EQ(read->charge_key, written.charge_key);
  EXPECT_EQ(read->amount, written.amount);
  EXPECT_EQ(read->product_ids, written.product_ids);
  EXPECT_EQ(read->reply_to, written.reply_to);
  EXPECT_EQ(read->expires_at, written.expires_at);
  EXPECT_EQ(read->trace_parent, written.trace_parent);
  EXPECT_EQ(read->payment_key, written.payment_key);
}

TEST(PaymentMessage, OfAReplyNamesItsNodeInAHeader) {
  const Outgoing message = to_message({PaymentResult::charged, "", "tx-1", ""}, a_charge(), "");
  EXPECT_EQ(received(message).header(reply_to_header), "node-1");
  const auto read = to_payment_reply(received(message));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->result, PaymentResult::charged);
  EXPECT_EQ(read->in_reply_to, "m-1");
  EXPECT_EQ(read->transaction_id, "tx-1");
}

TEST(PaymentMessage, OfAReplyMaySayHowTheBuyerPaid) {
  const PaymentFacts facts{"CARD", "https://receipt.example/1", Timestamp{1'700'000'000'000'000}};
  const auto read =
      to_payment_reply(received(to_message({PaymentResult::charged, "", "tx-1", "", facts}, a_charge(), "")));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->facts, facts);
}

TEST(PaymentMessage, ThatIsInvalidIsRefusedWithTheReason) {
  const auto reason = [](const std::string& value) { return to_payment_command(with_value(value)).error().message; };
  EXPECT_NE(reason("no JSON").find("not a JSON object"), std::string::npos);
  EXPECT_NE(reason(R"({"type":"steal"})").find("charge, query or refund"), std::string::npos);
  EXPECT_NE(reason(R"({"type":"query","messageId":"m","orderId":"o"})").find("'chargeKey'"), std::string::npos);
  EXPECT_NE(reason(R"({"type":"refund","messageId":"m","orderId":"o","chargeKey":"k","replyTo":"n","amount":"x"})")
                .find("'amount'"),
            std::string::npos);
  EXPECT_FALSE(to_payment_command(Incoming{}).ok());
  EXPECT_FALSE(to_payment_reply(with_value(R"({"inReplyTo":"m","outcome":"charged"})")).ok())
      << "a charge has a transaction";
}

}  // namespace
}  // namespace sagactl::kafka
