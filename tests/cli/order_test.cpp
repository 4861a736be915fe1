// `order`: its requests and its output.
#include <gmock/gmock.h>

#include "tests/cli/support/answers.hpp"
#include "tests/cli/support/command.hpp"
#include "tests/cli/support/fake_node.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

TEST(CliOrder, CreateSendsTheItems) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer("POST /orders", 201, an_order("pending"));
  const CommandResult outcome = sandbox.run({"order", "create", "--url", node.url(), "--item", "BOOK:2:9.50", "--item",
                                             "PEN", "--address", "here", "--idempotency-key", "k"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  const Json items = {{{"productId", "BOOK"}, {"productName", "BOOK"}, {"quantity", 2}, {"price", 9.5}},
                      {{"productId", "PEN"}, {"productName", "PEN"}, {"quantity", 1}, {"price", 10}}};
  const Json body = {{"items", items}, {"shippingAddress", "here"}, {"idempotencyKey", "k"}};
  EXPECT_EQ(node.requests().at(0).body, body);
}

TEST(CliOrder, CreateShowsTheOrder) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer("POST /orders", 201, an_order("pending"));
  EXPECT_EQ(sandbox.run({"order", "create", "--url", node.url(), "--item", "BOOK"}).out,
            "order        0198f0a0-0000-7000-8000-000000000001\n"
            "status       pending\n"
            "total        19.00\n"
            "items        2 x BOOK\n"
            "address      to be collected\n"
            "node         node-1\n"
            "correlation  0198f0a0-0000-7000-8000-000000000001\n"
            "created      2026-11-20T13:04:07.137Z\n");
}

struct Ending {
  const char* saga;
  const char* order;
  int code;
  const char* shown;
};

class CliOrderWait : public testing::TestWithParam<Ending> {};

TEST_P(CliOrderWait, TheExitCodeIsThatOfTheSaga) {
  const Ending& ending = GetParam();
  CliSandbox sandbox;
  FakeNode node;
  node.answer("POST /orders", 201, an_order("pending"));
  const std::string saga = std::string("GET /sagas/correlation/") + some_id;
  node.answer(saga, 200, a_saga(some_id, "started"));
  node.answer(saga, 200, a_saga(some_id, ending.saga, "card declined"));
  node.answer(std::string("GET /orders/") + some_id, 200, an_order(ending.order));
  const std::string wait = ending.code == 2 ? "--wait=50ms" : "--wait";
  const CommandResult outcome = sandbox.run({"order", "create", "--url", node.url(), "--item", "BOOK", wait});
  EXPECT_EQ(outcome.code, ending.code) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr(ending.shown));
  EXPECT_THAT(outcome.out, HasSubstr(std::string("status       ") + ending.order));
}

INSTANTIATE_TEST_SUITE_P(Endings, CliOrderWait,
                         testing::Values(Ending{"completed", "paid", 0, "completed after 1.24 s"},
                                         Ending{"compensated", "cancelled", 1,
                                                "compensated after 1.24 s: card declined"},
                                         Ending{"failed", "failed", 1, "failed after"},
                                         Ending{"started", "pending", 2, "started, not ended yet"}));

TEST(CliOrder, ARejectedDuplicateNamesTheExistingOrder) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer("POST /orders", 409,
              {{"message", "Order with this product combination already exists"}, {"existingOrderId", other_id}});
  const CommandResult outcome = sandbox.run({"order", "create", "--url", node.url(), "--item", "BOOK"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr(std::string("already exists (order ") + other_id + ")"));
  EXPECT_THAT(outcome.err, HasSubstr(std::string("sagactl trace ") + other_id));
}

TEST(CliOrder, ListIsATableOrLinesOfJson) {
  CliSandbox sandbox;
  FakeNode node;
  const Json page = {{"orders", {an_order("paid")}}, {"total", 1}, {"page", 1}, {"limit", 20}, {"totalPages", 1}};
  node.answer("GET /orders?page=1&limit=20&status=paid", 200, page);
  const std::vector<std::string> list = {"order", "list", "--status", "paid", "--url", node.url()};
  EXPECT_EQ(sandbox.run(list).out,
            "ORDER                                 STATUS  TOTAL  CREATED                   NODE    ITEMS\n"
            "0198f0a0-0000-7000-8000-000000000001  paid    19.00  2026-11-20T13:04:07.137Z  node-1  2 x BOOK\n");
  std::vector<std::string> lines = list;
  lines.insert(lines.end(), {"-o", "ndjson"});
  EXPECT_EQ(sandbox.run(lines).out, an_order("paid").dump() + "\n");
}

TEST(CliOrder, CancelAndConfirmSendTheirReasons) {
  CliSandbox sandbox;
  FakeNode node;
  const std::string path = std::string("/orders/") + some_id;
  node.answer("DELETE " + path, 200, {{"message", "cancelled"}, {"orderId", some_id}});
  node.answer("PUT " + path + "/confirm", 200, {{"message", "confirmed"}, {"orderId", some_id}});
  EXPECT_EQ(sandbox.run({"order", "cancel", some_id, "--reason", "late", "--url", node.url()}).code, 0);
  EXPECT_EQ(sandbox.run({"order", "confirm", some_id, "--payment", "p-1", "--url", node.url()}).code, 0);
  EXPECT_EQ(node.requests().at(0).body, (Json{{"reason", "late"}}));
  EXPECT_EQ(node.requests().at(1).body, (Json{{"paymentId", "p-1"}}));
}

TEST(CliOrder, AnIdThatCannotBeOneIsNotSent) {
  CliSandbox sandbox;
  FakeNode node;
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"order", "get", "12"}, {"order", "cancel", "12"}, {"order", "confirm", "12"}}) {
    std::vector<std::string> arguments = command;
    if (command[1] == "confirm") arguments.insert(arguments.end(), {"--payment", "p-1"});
    arguments.insert(arguments.end(), {"--url", node.url()});
    const CommandResult outcome = sandbox.run(arguments);
    EXPECT_EQ(outcome.code, 4);
    EXPECT_THAT(outcome.err, HasSubstr("'12' is not the id of an order, which looks like 0198f0a0-"));
    EXPECT_THAT(outcome.err, HasSubstr("`sagactl order list` shows the ids"));
  }
  EXPECT_TRUE(node.requests().empty());
}

TEST(CliOrder, ThatDoesNotExistIsNamedWithTheCommandThatListsOrders) {
  CliSandbox sandbox;
  FakeNode node;
  const std::string path = std::string("/orders/") + some_id, id = std::string("'") + some_id + "'";
  const Json none = {{"message", "Order not found"}};
  node.answer("GET " + path, 404, none);
  node.answer("DELETE " + path, 404, none);
  node.answer("PUT " + path + "/confirm", 404, none);
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"get", some_id}, {"cancel", some_id}, {"confirm", some_id, "--payment", "p-1"}}) {
    std::vector<std::string> arguments = {"order"};
    arguments.insert(arguments.end(), command.begin(), command.end());
    arguments.insert(arguments.end(), {"--url", node.url()});
    const CommandResult outcome = sandbox.run(arguments);
    EXPECT_EQ(outcome.code, 1);
    EXPECT_EQ(outcome.err, "sagactl: Order not found: there is no order " + id +
                               "\n  `sagactl order list` shows those that exist\n");
  }
}

struct WrongItem {
  const char* item;
  const char* error;
};

class CliOrderItem : public testing::TestWithParam<WrongItem> {};

TEST_P(CliOrderItem, ThatIsWrongIsExplained) {
  CliSandbox sandbox;
  const CommandResult outcome = sandbox.run({"order", "create", "--item", GetParam().item});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.err, HasSubstr(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(Items, CliOrderItem,
                         testing::Values(WrongItem{"BOOK:two", "quantity 'two' is not a whole number"},
                                         WrongItem{"BOOK:0", "quantity '0' is not a whole number from 1"},
                                         WrongItem{"BOOK:1:0.999", "price "},
                                         WrongItem{"BOOK:1:1:1", "is not PRODUCT[:QUANTITY[:PRICE]]"},
                                         WrongItem{":2", "is not PRODUCT[:QUANTITY[:PRICE]]"}));

}  // namespace
}  // namespace sagactl
