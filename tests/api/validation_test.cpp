// Requests that are not valid, and the messages for them.
#include <gtest/gtest.h>

#include "tests/api/support/api_node.hpp"

namespace sagactl::test {
namespace {

struct Row {
  const char* what;
  const char* method;
  const char* path;
  std::string body;
  const char* message;  // part of the answer's message
};

std::string order(const std::string& item, const std::string& rest = R"("shippingAddress":"a")") {
  return R"({"items":[)" + item + "]," + rest + "}";
}

const std::vector<Row> rows = {
    {"no items", "POST", "/orders", order(""), "items should not be empty"},
    {"an empty product", "POST", "/orders", order(R"({"productId":"","productName":"n","quantity":1,"price":1})"),
     "items.0.productId should not be empty"},
    {"a fraction of a thing", "POST", "/orders",
     order(R"({"productId":"p","productName":"n","quantity":1.5,"price":1})"), "items.0.quantity must be an integer"},
    {"three decimals", "POST", "/orders", order(R"({"productId":"p","productName":"n","quantity":1,"price":1.001})"),
     "items.0.price must be a number conforming to the specified constraints"},
    {"a price that would be rounded", "POST", "/orders",
     order(R"({"productId":"p","productName":"n","quantity":1,"price":9.9500000000000000001})"),
     "items.0.price has more digits"},
    {"a quantity that would be rounded", "POST", "/orders",
     order(R"({"productId":"p","productName":"n","quantity":1.0000000000000000001,"price":1})"),
     "items.0.quantity has more digits"},
    {"a negative price", "POST", "/orders", order(R"({"productId":"p","productName":"n","quantity":1,"price":-1})"),
     "items.0.price must not be less than 0"},
    {"a price that is too high", "POST", "/orders",
     order(R"({"productId":"p","productName":"n","quantity":1,"price":1000000000001})"), "items.0.price"},
    {"a total that is too high", "POST", "/orders",
     order(R"({"productId":"p","productName":"n","quantity":2,"price":1000000000000})"),
     "must not be greater than 1000000000000"},
    {"a quantity as text", "POST", "/orders", order(R"({"productId":"p","productName":"n","quantity":"1","price":1})"),
     "items.0.quantity"},
    {"an unknown member of an item", "POST", "/orders",
     order(R"({"productId":"p","productName":"n","quantity":1,"price":1,"x":1})"),
     "items.0.property x should not exist"},
    {"a NUL character", "POST", "/orders",
     order(R"({"productId":"p","productName":"a\u0000b","quantity":1,"price":1})"), "NUL"},
    {"an address that is no text", "POST", "/orders",
     order(R"({"productId":"p","productName":"n","quantity":1,"price":1})", R"("shippingAddress":1)"),
     "shippingAddress must be a string"},
    {"items that are no list", "POST", "/orders", R"({"items":{},"shippingAddress":"a"})", "items must be an array"},
    {"a body that is no object", "POST", "/orders", "[]", ""},
    {"page 0", "GET", "/orders?page=0", "", "page must not be less than 1"},
    {"a page that is no number", "GET", "/sagas?page=one", "", "page must be an integer number"},
    {"limit 0", "GET", "/orders?limit=0", "", "limit must not be less than 1"},
    {"a limit over the limit", "GET", "/sagas?limit=1001", "", "limit must not be greater than 1000"},
    {"a limit past all numbers", "GET", "/orders?limit=99999999999999999999", "", "limit must not be greater"},
    {"an unknown status", "GET", "/orders?status=lost", "",
     "status must be one of the following values: pending, processing, paid"},
    {"an unknown saga status", "GET", "/sagas/status/lost", "", "status must be one of the following values: started"},
    {"a status twice", "GET", "/orders?status=paid&status=failed", "", "status must be given once"},
    {"a cursor that is none", "GET", "/orders?cursor=1", "", "cursor must be a UUID"},
    {"a page and a cursor", "GET", "/orders?page=2&cursor=00000000-0000-4000-8000-000000000000", "",
     "page and cursor must not be given together"},
    {"the first page and a cursor", "GET", "/sagas?page=1&cursor=00000000-0000-4000-8000-000000000000", "",
     "page and cursor must not be given together: use one of them"},
    {"an event type that is none", "GET", "/trace/events?eventType=Lost", "", "eventType must be one of"},
    {"too many events", "GET", "/trace/events?limit=101", "", "limit must not be greater than 100"},
    {"an id that is none", "GET", "/sagas/1", "", "Validation failed (uuid is expected)"},
    {"an id that is none", "GET", "/trace/order/1", "", "Validation failed (uuid is expected)"},
    {"a NUL character in a path", "GET", "/trace/correlation/a%00b", "", ""},
    {"a NUL character in a user's id", "GET", "/purchase/user/a%00b/balance", "", "without NUL characters"},
    {"a line break in a user's id", "GET", "/purchase/user/a%0Ab/orders", "", "id must not contain control characters"},
    {"a reason that is no text", "DELETE", "/orders/00000000-0000-4000-8000-000000000000", R"({"reason":1})",
     "reason must be a string"},
    {"no payment", "PUT", "/orders/00000000-0000-4000-8000-000000000000/confirm", "{}", "paymentId must be a string"},
    {"a short password", "POST", "/auth/register",
     R"({"email":"a@b.cd","password":"1234567","firstName":"a","lastName":"b"})",
     "password must be longer than or equal to 8 characters"},
    {"an address that is none", "POST", "/auth/register",
     R"({"email":"ab.cd","password":"12345678","firstName":"a","lastName":"b"})", "email must be an email"},
    {"a long name", "POST", "/auth/register",
     R"({"email":"a@b.cd","password":"12345678","firstName":")" + std::string(51, 'a') + R"(","lastName":"b"})",
     "firstName must be shorter than or equal to 50 characters"},
    {"a lock held for too long", "POST", "/redis-test/lock/k", R"({"duration":20001})",
     "duration must not be greater than 20000"},
};

TEST(Validation, ReportsFaultsInTheWordsOfTheReferenceSystem) {
  ApiNode node;
  HttpClient customer = node.customer();
  for (const Row& row : rows) {
    const HttpResponse answer = customer.send(HttpRequest{row.method, row.path, row.body, {}}).value();
    EXPECT_EQ(answer.status, 400) << row.what << ": " << answer.body;
    EXPECT_NE(answer.message().find(row.message), std::string::npos) << row.what << ": " << answer.body;
    const Json body = answer.json().value();
    EXPECT_EQ(body["statusCode"], 400) << row.what;
    EXPECT_EQ(body["error"], "Bad Request") << row.what;
  }
  EXPECT_EQ(customer.get("/orders")->json().value()["total"], 0);
}

TEST(Validation, AcceptsLargeRequestsWithinTheLimits) {
  ApiNode node;
  HttpClient customer = node.customer();
  Json largest = order_body("p", 1, 1e12);
  EXPECT_EQ(customer.post("/orders", largest)->status, 201);
  largest = order_body("q");
  largest["shippingAddress"] = std::string(90'000, 'x');
  EXPECT_EQ(customer.post("/orders", largest)->status, 201);
}

}  // namespace
}  // namespace sagactl::test
