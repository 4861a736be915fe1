// What messages of checkouts and purchases say for the services of those systems.
#include "server/participants/shop_events.hpp"

#include <gtest/gtest.h>

#include "common/text/json.hpp"
#include "server/saga/definition.hpp"

namespace sagactl {
namespace {

Flow flow_of(std::string_view type) {
  Flow flow;
  flow.order.id = OrderId::fresh();
  flow.order.user = UserId::fresh();
  flow.order.customer = "user-1 \"x\"";
  flow.order.items = {{"item-1", "Lamp", 2, Money{1050}}};
  flow.order.total = Money{2100};
  flow.saga.emplace().type = std::string(type);
  Payment& payment = flow.payments.emplace_back();
  payment.id = PaymentId::fresh();
  payment.amount = flow.order.total;
  payment.status = PaymentStatus::completed;
  payment.external_transaction_id = "tx";
  payment.facts.method = "CARD";
  Reservation& reservation = flow.reservations.emplace_back();
  reservation.id = ReservationId::fresh();
  reservation.lines = {{"item-1", 2}};
  return flow;
}

Json data_with_members(const Flow& flow, EventType type, AggregateType aggregate) {
  Event event;
  event.type = type;
  event.aggregate_type = aggregate;
  event.aggregate = aggregate == AggregateType::payment ? flow.payments[0].id.uuid : flow.order.id.uuid;
  event.data = "{\"orderId\":\"o\",\"userId\":\"" + flow.order.user.text() + "\",\"amount\":21}";
  add_shop_members(event, flow);
  return Json::parse(event.data);
}

TEST(ShopEvents, APaymentNamesBuyerTransactionAndItems) {
  for (const std::string_view type : {checkout_saga, checkout_choreography_saga}) {
    const Json data = data_with_members(flow_of(type), EventType::payment_processed, AggregateType::payment);
    EXPECT_EQ(data["customerId"], "user-1 \"x\"");
    EXPECT_EQ(data["transactionId"], "tx");
    EXPECT_EQ(data["paymentMethod"], "CARD");
    EXPECT_EQ(data["amount"], 21);
    EXPECT_EQ(data["items"][0]["productId"], "item-1");
    EXPECT_EQ(data["items"][0]["quantity"], 2);
  }
}

TEST(ShopEvents, ARefusedPaymentHasItsReason) {
  Flow flow = flow_of(checkout_choreography_saga);
  flow.payments[0].failure_reason = "declined";
  const Json data = data_with_members(flow, EventType::payment_failed, AggregateType::payment);
  EXPECT_EQ(data["reason"], "declined");
  EXPECT_EQ(data["customerId"], flow.order.customer);
}

TEST(ShopEvents, OfAPurchaseNameItsUserAndTheAccount) {
  const Flow flow = flow_of(item_purchase_saga);
  const Json data = data_with_members(flow, EventType::order_created, AggregateType::order);
  EXPECT_EQ(data["userId"], flow.order.customer);
  EXPECT_EQ(data["accountId"], flow.order.user.text());
  EXPECT_EQ(data["itemId"], "item-1");
  EXPECT_EQ(data["quantity"], 2);
}

TEST(ShopEvents, OfOrdersStayAsTheyAre) {
  const Flow flow = flow_of(order_processing_saga);
  const Json data = data_with_members(flow, EventType::payment_processed, AggregateType::payment);
  EXPECT_EQ(data.size(), 3u) << data;
}

TEST(ShopEvents, ARepliesDataNamesWhatTheParticipantMade) {
  const Flow flow = flow_of(checkout_saga);
  const Json paid = Json::parse(shop_reply_data(flow, "PROCESS_PAYMENT", 1));
  EXPECT_EQ(paid["paymentId"], flow.payments[0].id.text());
  EXPECT_EQ(paid["amount"], 21);
  EXPECT_EQ(paid["transactionId"], "tx");
  const Json reserved = Json::parse(shop_reply_data(flow, "RESERVE_INVENTORY", 1));
  EXPECT_EQ(reserved["reservationId"], flow.reservations[0].id.text());
  EXPECT_EQ(reserved["items"], Json::array({Json{{"productId", "item-1"}, {"quantity", 2}}}));
  EXPECT_EQ(Json::parse(shop_reply_data(flow, "RELEASE_INVENTORY", 1))["released"], true);
  EXPECT_EQ(Json::parse(shop_reply_data(flow, "CREATE_ORDER", 1)), Json::object());
}

TEST(PaymentFacts, ThatCannotBeShownAreLeftOut) {
  const PaymentFacts good{"간편결제", "https://receipt.example/1?a=b", Timestamp{5}};
  EXPECT_EQ(checked_facts(good), good);
  EXPECT_EQ(checked_facts({std::string(65, 'x'), "", {}}).method, "");
  EXPECT_EQ(checked_facts({"a\nb", "", {}}).method, "");
  EXPECT_EQ(checked_facts({"\xff", "", {}}).method, "");
  for (const std::string& link :
       {std::string("javascript:alert(1)"), std::string("ftp://x"), std::string("https://a b"),
        std::string("https://x/\"onload=y"), "https://x/" + std::string(2048, 'y')})
    EXPECT_EQ(checked_facts({"", link, {}}).receipt_url, "") << link;
}

}  // namespace
}  // namespace sagactl
