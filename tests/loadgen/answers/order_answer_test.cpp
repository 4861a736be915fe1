#include "loadgen/answers/order_answer.hpp"

#include <gtest/gtest.h>

#include "common/random.hpp"
#include "common/text/json.hpp"

namespace sagactl {
namespace {

constexpr std::string_view created =
    R"({"id":"867a4850-d872-42eb-a83d-c71921cdc0c3","userId":"4b984cd8-c2cb-4d9b-94ca-cb114ebb0892",)"
    R"("totalAmount":3000001,"status":"pending","items":[{"productId":"A\"}],{","productName":"n","quantity":2,)"
    R"("price":1500000.5}],"shippingAddress":"\\\"id\":","createdAt":"2026-11-20T13:04:09.707Z"})";

constexpr std::string_view duplicate =
    R"({"message":"Order with this product combination already exists","error":"DUPLICATE_ORDER",)"
    R"("existingOrderId":"867a4850-d872-42eb-a83d-c71921cdc0c3","idempotencyKey":"b386","code":"ORDER_ALREADY_EXISTS"})";

const Uuid order = *Uuid::parse("867a4850-d872-42eb-a83d-c71921cdc0c3");

TEST(OrderAnswer, ReadsACreatedOrder) {
  const OrderAnswer answer = AnswerPlan(order_profile()).read(created);
  EXPECT_EQ(answer.order, order);
  EXPECT_EQ(answer.status, ClaimedStatus::pending);
  EXPECT_EQ(answer.total, Money{300'000'100});
  EXPECT_TRUE(answer.correlation.is_nil());
  EXPECT_FALSE(answer.is_duplicate);
}

TEST(OrderAnswer, ReadsADuplicate) {
  const OrderAnswer answer = AnswerPlan(order_profile()).read(duplicate);
  EXPECT_TRUE(answer.is_duplicate);
  EXPECT_EQ(answer.order, order);
}

TEST(OrderAnswer, ReadsMembersInAnyOrderAndForm) {
  struct Row {
    const char* body;
    OrderAnswer answer;
  };
  OrderAnswer paid;
  paid.status = ClaimedStatus::paid;
  paid.total = Money{100'050};
  OrderAnswer odd;
  odd.status = ClaimedStatus::other;
  OrderAnswer correlated;
  correlated.correlation = order;
  const Row rows[] = {
      {R"( { "status" : "paid" , "totalAmount" : "1000.50" } )", paid},
      {R"({"totalAmount":1000.5,"nested":{"id":"x","a":[1,{"b":"]}"}]},"status":"paid"})", paid},
      {R"({"status":"odd"})", odd},
      {R"({"status":409,"id":7,"error":false})", {}},
      {R"({"id":"no uuid","totalAmount":-1})", {}},
      {R"({"correlationId":"867a4850-d872-42eb-a83d-c71921cdc0c3"})", correlated},
      {"", {}},
      {"{}", {}},
      {"[]", {}},
      {"<html>", {}},
      {"null", {}},
  };
  for (const Row& row : rows) EXPECT_EQ(AnswerPlan(order_profile()).read(row.body), row.answer) << row.body;
}

TEST(OrderAnswer, AgreesWithTheJsonLibrary) {
  const Json parsed = Json::parse(created);
  const OrderAnswer answer = AnswerPlan(order_profile()).read(parsed.dump(2));
  EXPECT_EQ(parsed["id"], answer.order.text());
  EXPECT_EQ(parsed["status"], to_string(answer.status));
  EXPECT_EQ(answer.total, *money_from_json(parsed["totalAmount"]));
}

TEST(OrderAnswer, DoesNotCrashOnAnyPartOrMutation) {
  Random random(11);
  for (std::size_t length = 0; length <= created.size(); ++length) {
    // A copy of exactly this size, so that a sanitizer sees a read behind its end.
    std::string part(created.substr(0, length));
    part.shrink_to_fit();
    const OrderAnswer answer = AnswerPlan(order_profile()).read(part);
    if (length < 44) {
      EXPECT_TRUE(answer.order.is_nil()) << length;
    }
    if (!part.empty()) part[random.below(part.size())] = "\"\\{}[],:"[random.below(8)];
    AnswerPlan(order_profile()).read(part);
  }
  EXPECT_EQ(AnswerPlan(order_profile()).read(created.substr(0, 60)).order, order) << "members before the cut count";
}

TEST(RequestOutcome, IsTheTableOfStatuses) {
  OrderAnswer duplicate_said;
  duplicate_said.is_duplicate = true;
  struct Row {
    int status;
    OrderAnswer answer;
    RequestOutcome outcome;
  };
  const Row rows[] = {
      {200, {}, RequestOutcome::accepted},
      {201, {}, RequestOutcome::accepted},
      {202, {}, RequestOutcome::accepted},
      {302, {}, RequestOutcome::rejected},
      {400, {}, RequestOutcome::rejected},
      {401, {}, RequestOutcome::rejected},
      {409, duplicate_said, RequestOutcome::duplicate},
      {409, {}, RequestOutcome::rejected},
      {400, duplicate_said, RequestOutcome::rejected},
      {422, {}, RequestOutcome::rejected},
      {429, {}, RequestOutcome::rejected},
      {500, {}, RequestOutcome::indeterminate},
      {502, {}, RequestOutcome::indeterminate},
      {503, {}, RequestOutcome::rejected},
      {504, {}, RequestOutcome::indeterminate},
  };
  for (const Row& row : rows)
    EXPECT_EQ(AnswerPlan(order_profile()).outcome_of(row.status, row.answer), row.outcome) << row.status;
}

TEST(OrderAnswer, AGraphqlAnswerWithErrorsRefusesThoughItsStatusIs200) {
  Profile shop;
  shop.answer.is_graphql = true;
  shop.answer.order = {"/data/place/id"};
  shop.outcome.duplicate = {{200, 200}};
  shop.outcome.duplicate_markers = {{"/errors/0/extensions/code", {"TAKEN"}}};
  const AnswerPlan plan(shop);
  struct Row {
    const char* body;
    RequestOutcome outcome;
    const char* error;
  };
  for (const Row& row : {
           Row{R"({"data":{"place":{"id":"17"}}})", RequestOutcome::accepted, ""},
           Row{R"({"data":{"place":{"id":"17"}},"errors":[]})", RequestOutcome::accepted, ""},
           Row{R"({"data":{"place":{"id":"17"}},"errors":null})", RequestOutcome::accepted, ""},
           Row{R"({"data":{"errors":[{"message":"a member of the data"}]}})", RequestOutcome::accepted, ""},
           Row{R"({"errors":[{"message":"no \"stock\""}],"data":null})", RequestOutcome::rejected, "no \"stock\""},
           Row{R"({"errors":[{"message":"a","extensions":{"code":"TAKEN"}}]})", RequestOutcome::duplicate, "a"},
           Row{R"({"errors":[{"message":"b","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]})",
               RequestOutcome::indeterminate, "b"},
           Row{R"({"errors":["of no known form"]})", RequestOutcome::rejected, "of no known form"},
       }) {
    const OrderAnswer answer = plan.read(row.body);
    EXPECT_EQ(plan.outcome_of(200, answer), row.outcome) << row.body;
    EXPECT_EQ(answer.error, row.error) << row.body;
  }
}

}  // namespace
}  // namespace sagactl
