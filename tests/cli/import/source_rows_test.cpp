// Rows of another system's tables, whole and broken.
#include "cli/import/source_rows.hpp"

#include <gtest/gtest.h>

namespace sagactl {
namespace {

const Json good_order = Json::parse(R"({
  "id": "77533770-8c11-4ec5-a8b3-6a86577417c5", "userId": "4b984cd8-c2cb-4d9b-94ca-cb114ebb0892",
  "totalAmount": 777.00, "status": "cancelled", "paymentId": null, "shippingAddress": "Seoul",
  "items": [{"productId": "P1", "productName": "Product", "quantity": 2, "price": 388.5}],
  "idempotencyKey": "k", "createdAt": 1795179872902827, "updatedAt": 1795179874565132})");
const Json good_payment = Json::parse(R"({
  "id": "01fdb0d3-5676-4766-824d-6b3d84e3254a", "amount": 777, "method": "credit_card", "status": "failed",
  "failureReason": "declined", "createdAt": 1795179873022849, "updatedAt": 1795179874559052})");
const Json good_saga = Json::parse(R"({
  "id": "2a408e81-ba69-446c-879e-f94b5fc5e14b", "sagaType": "OrderProcessingSaga", "status": "compensated",
  "correlationId": "k", "errorMessage": null, "createdAt": 1795179873010406, "updatedAt": 1795179874567566})");

Json with(Json row, const char* column, Json value) {
  row[column] = std::move(value);
  return row;
}

std::string why_not(const Json& order, const Json& payments = nullptr, const Json& sagas = nullptr) {
  const auto read = read_source_order(order, payments, sagas);
  return read.row ? "" : read.problem.table + " " + read.problem.id + ": " + read.problem.why;
}

TEST(SourceRows, AreReadWithTheirAmountsAndTimes) {
  const auto read = read_source_order(good_order, Json::array({good_payment}), Json::array({good_saga}));
  ASSERT_TRUE(read.row) << read.problem.why;
  EXPECT_EQ(read.row->total.cents, 77700);
  EXPECT_EQ(read.row->created_at.us, 1795179872902827);
  EXPECT_EQ(read.row->payment->status, PaymentStatus::failed);
  EXPECT_EQ(read.row->saga->status, SagaStatus::compensated);
  EXPECT_EQ(read.row->items.at(0).price.cents, 38850);
}

TEST(SourceRows, OfAnOlderVersionMayMissColumns) {
  Json order = good_order, payment = good_payment;
  for (const char* column : {"paymentId", "shippingAddress", "idempotencyKey", "updatedAt"}) order.erase(column);
  for (const char* column : {"method", "failureReason", "updatedAt"}) payment.erase(column);
  const auto read = read_source_order(order, Json::array({payment}), nullptr);
  ASSERT_TRUE(read.row) << read.problem.why;
  EXPECT_EQ(read.row->updated_at, read.row->created_at);
}

TEST(SourceRows, SayWhatIsWrongAndWhere) {
  const std::string order = "orders 77533770-8c11-4ec5-a8b3-6a86577417c5: ";
  EXPECT_EQ(
      why_not(with(good_order, "status", "CONFIRMED")),
      order + "its status is 'confirmed'; known are pending, processing, paid, shipped, delivered, cancelled, failed");
  EXPECT_EQ(why_not(with(good_order, "totalAmount", 776)),
            order + "its items are worth 777.00, but its totalAmount is 776.00");
  EXPECT_EQ(why_not(with(good_order, "items", nullptr)), order + "it has no items");
  EXPECT_EQ(why_not(with(good_order, "items", Json::array())), order + "it has no items");
  EXPECT_EQ(why_not(with(good_order, "userId", "x")), order + "its userId 'x' is not a UUID");
  EXPECT_EQ(why_not(with(good_order, "createdAt", nullptr)), order + "its createdAt is no point in time");
  Json item = good_order["items"][0];
  EXPECT_EQ(why_not(with(good_order, "items", Json::array({with(item, "quantity", 1.5)}))),
            order + "the quantity of P1 is 1.5; it has to be a whole number from 1");
  EXPECT_EQ(why_not(with(good_order, "items", Json::array({with(item, "price", 1.005)}))),
            order + "the price of P1 1.005 is no amount of at most two decimals and 10^12");
  EXPECT_EQ(why_not(good_order, Json::array({good_payment, good_payment})),
            order +
                "it has 2 rows in payments: 01fdb0d3-5676-4766-824d-6b3d84e3254a, "
                "01fdb0d3-5676-4766-824d-6b3d84e3254a; one is expected");
  EXPECT_EQ(why_not(good_order, Json::array({with(good_payment, "amount", -1)})),
            order +
                "payments 01fdb0d3-5676-4766-824d-6b3d84e3254a: its amount -1 is no amount of at most two decimals "
                "and 10^12");
  EXPECT_EQ(why_not(good_order, nullptr, Json::array({with(good_saga, "sagaType", "RefundSaga")})),
            order +
                "saga_instances 2a408e81-ba69-446c-879e-f94b5fc5e14b: its sagaType is 'RefundSaga'; known is "
                "OrderProcessingSaga");
}

TEST(SourceRows, HaveIdsInAnyForm) {
  const auto id = read_any_uuid("77533770-8c11-4ec5-a8b3-6a86577417c5");
  for (const char* form : {"77533770-8C11-4EC5-A8B3-6A86577417C5", "775337708c114ec5a8b36a86577417c5",
                           "{77533770-8c11-4ec5-a8b3-6a86577417c5}"})
    EXPECT_EQ(read_any_uuid(form), id) << form;
  for (const char* other : {"", "x", "77533770-8c11-4ec5-a8b3-6a86577417c", "{}"})
    EXPECT_FALSE(read_any_uuid(other)) << other;
}

TEST(SourceRows, OfUsersHaveLowerCaseAddresses) {
  const Json row = Json::parse(R"({"id": "4b984cd8-c2cb-4d9b-94ca-cb114ebb0892", "email": "Gold@Test.com",
    "password": "$2b$12$x", "role": "admin", "status": "suspended", "emailVerified": true, "createdAt": 1})");
  const auto read = read_source_user(row);
  ASSERT_TRUE(read.row) << read.problem.why;
  EXPECT_EQ(read.row->email, "gold@test.com");
  EXPECT_EQ(read.row->role, Role::admin);
  EXPECT_EQ(read.row->status, UserStatus::suspended);
  EXPECT_TRUE(read.row->email_verified);
  EXPECT_FALSE(read_source_user(with(row, "email", "")).row);
}

}  // namespace
}  // namespace sagactl
