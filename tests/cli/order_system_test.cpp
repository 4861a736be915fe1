// `order --system`: the requests of each system, and that all orders are printed in the same form.
#include <gmock/gmock.h>

#include "tests/cli/support/answers.hpp"
#include "tests/cli/support/command.hpp"
#include "tests/cli/support/fake_node.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

Json a_checkout(const char* status, const char* type = "CheckoutChoreographySaga") {
  return {{"orderId", some_id},
          {"customerId", "ann"},
          {"items", {{{"productId", "PROD001"}, {"productName", "PROD001"}, {"quantity", 2}, {"price", 9.5}}}},
          {"totalAmount", 19},
          {"status", status},
          {"cancelReason", nullptr},
          {"sagaType", type},
          {"correlationId", some_id},
          {"nodeId", "node-1"},
          {"createdAt", "2026-11-20T13:04:07.137Z"}};
}

Json a_purchase(const char* status) {
  return {{"orderId", some_id}, {"correlationId", some_id},
          {"userId", "user-1"}, {"itemId", "item-1"},
          {"quantity", 3},      {"totalPrice", 300},
          {"status", status},   {"failureReason", nullptr},
          {"nodeId", "node-1"}, {"createdAt", "2026-11-20T13:04:07.137Z"}};
}

// The route, body and answer of creating an order, and the route that it is read from.
struct SystemCase {
  const char* system;
  std::vector<std::string> flags;
  const char* path;
  Json body;
  Json answer;
  const char* read;
  Json order;
  const char* customer;
};

const Json sent_items = {{{"productId", "PROD001"}, {"productName", "PROD001"}, {"quantity", 2}, {"price", 9.5}}};

class CliOrderSystem : public testing::TestWithParam<SystemCase> {};

TEST_P(CliOrderSystem, HasItsOwnRoutesAndBodies) {
  const SystemCase& row = GetParam();
  CliSandbox sandbox;
  FakeNode node;
  node.answer(std::string("POST ") + row.path, 201, row.answer);
  node.answer(std::string("GET /sagas/correlation/") + some_id, 200, a_saga(some_id, "completed"));
  node.answer(std::string("GET ") + row.read + some_id, 200, row.order);
  std::vector<std::string> arguments = {"order", "create", "--system", row.system, "--wait", "--url", node.url()};
  arguments.insert(arguments.end(), row.flags.begin(), row.flags.end());
  const CommandResult outcome = sandbox.run(arguments);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(node.requests().at(0).body, row.body);
  EXPECT_THAT(outcome.out, HasSubstr(std::string("order        ") + some_id));
  EXPECT_THAT(outcome.out, HasSubstr("completed after 1.24 s"));
  EXPECT_THAT(outcome.out, HasSubstr(std::string("customer     ") + row.customer));
}

INSTANTIATE_TEST_SUITE_P(
    Systems, CliOrderSystem,
    testing::Values(
        SystemCase{"checkout",
                   {"--customer", "ann", "--item", "PROD001:2:9.50"},
                   "/api/orchestrator/orders",
                   {{"customerId", "ann"}, {"items", sent_items}},
                   {{"message", "m"}, {"sagaId", "SAGA-x"}, {"orderId", some_id}, {"correlationId", some_id}},
                   "/api/orders/",
                   a_checkout("COMPLETED", "CheckoutSaga"),
                   "ann"},
        SystemCase{"checkout-choreography",
                   {"--customer", "ann", "--item", "PROD001:2:9.50", "--address", "here"},
                   "/api/orders",
                   {{"customerId", "ann"}, {"items", sent_items}, {"shippingAddress", "here"}},
                   {{"message", "m"}, {"order", a_checkout("PENDING")}},
                   "/api/orders/",
                   a_checkout("COMPLETED"),
                   "ann"},
        SystemCase{"purchase",
                   {"--user", "user-1", "--item", "item-1:3"},
                   "/purchase/orders",
                   {{"userId", "user-1"}, {"itemId", "item-1"}, {"quantity", 3}},
                   a_purchase("pending"),
                   "/purchase/orders/",
                   a_purchase("completed"),
                   "user-1"}),
    [](const auto& tested) {
      std::string name = tested.param.system;
      std::erase(name, '-');
      return name;
    });

struct WrongOrder {
  std::vector<std::string> flags;
  const char* error;
};

TEST(CliOrderSystems, NameWhatIsMissingOrNotSupported) {
  const std::vector<WrongOrder> rows = {
      {{"--system", "checkout", "--item", "P"}, "--system checkout needs --customer NAME"},
      {{"--system", "checkout", "--customer", "a", "--user", "u", "--item", "P"}, "takes no --user"},
      {{"--customer", "ann", "--item", "P"}, "--system order takes no --customer"},
      {{"--system", "purchase", "--item", "P"}, "--system purchase needs --user ID"},
      {{"--system", "purchase", "--user", "u", "--item", "P", "--item", "Q"}, "takes one --item"},
      {{"--system", "purchase", "--user", "u", "--item", "P:1:2.00"}, "the price is the item's own"},
      {{"--system", "shop", "--item", "P"}, "'shop' is not one of order, checkout, checkout-choreography, purchase"},
  };
  for (const WrongOrder& row : rows) {
    CliSandbox sandbox;
    std::vector<std::string> arguments = {"order", "create"};
    arguments.insert(arguments.end(), row.flags.begin(), row.flags.end());
    const CommandResult outcome = sandbox.run(arguments);
    EXPECT_EQ(outcome.code, 4) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(row.error));
  }
}

TEST(CliOrderSystems, OfWhatIsNotThereAreRefusedAndNameIt) {
  const auto create = [](const char* route, int status, const Json& answer, std::vector<std::string> flags) {
    CliSandbox sandbox;
    FakeNode node;
    node.answer(route, status, answer);
    flags.insert(flags.begin(), {"order", "create", "--url", node.url(), "--system"});
    return sandbox.run(flags);
  };
  const char *checkouts = "POST /api/orchestrator/orders", *purchases = "POST /purchase/orders";
  const CommandResult product =
      create(checkouts, 400, {{"message", "product NOPE is not in the inventory"}, {"productId", "NOPE"}},
             {"checkout", "--customer", "ann", "--item", "NOPE"});
  EXPECT_EQ(product.code, 1) << "the command line is right";
  EXPECT_THAT(product.err, HasSubstr("product NOPE is not in the inventory"));
  const CommandResult item = create(purchases, 404, {{"message", "Item not found"}, {"itemId", "nope"}},
                                    {"purchase", "--user", "user-1", "--item", "nope"});
  EXPECT_EQ(item.code, 1);
  EXPECT_THAT(item.err, HasSubstr("Item not found: there is no item 'nope'\n"));
  const CommandResult user = create(purchases, 404, {{"message", "User not found"}, {"userId", "eve"}},
                                    {"purchase", "--user", "eve", "--item", "item-1"});
  EXPECT_EQ(user.code, 1);
  EXPECT_THAT(user.err, HasSubstr("User not found: there is no user 'eve'\n"));
  const CommandResult wrong = create(checkouts, 400, {{"message", "items.0.price must be a number"}},
                                     {"checkout", "--customer", "ann", "--item", "P"});
  EXPECT_EQ(wrong.code, 4);
}

TEST(CliOrderSystems, ListTheirOwnByStatusInPages) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer("GET /api/orders", 200,
              {a_checkout("COMPLETED"), a_checkout("COMPLETED", "CheckoutSaga"), a_checkout("CANCELLED"),
               a_checkout("COMPLETED")});
  const CommandResult page = sandbox.run({"order", "list", "--system", "checkout-choreography", "--status", "completed",
                                          "--limit", "1", "--page", "2", "-o", "json", "--url", node.url()});
  EXPECT_EQ(page.json()["total"], 2) << page.err;
  EXPECT_EQ(page.json()["orders"].size(), 1u);
  EXPECT_EQ(page.json()["totalPages"], 2);
  const CommandResult table = sandbox.run({"order", "list", "--system", "checkout", "--url", node.url()});
  EXPECT_THAT(table.out, HasSubstr("2 x PROD001"));
  EXPECT_THAT(table.err, HasSubstr("1 order\n"));
}

TEST(CliOrderSystems, PurchasesAreListedForOneUser) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer("GET /purchase/user/user-1/orders", 200, Json::array({a_purchase("completed")}));
  const CommandResult listed =
      sandbox.run({"order", "list", "--system", "purchase", "--user", "user-1", "--url", node.url()});
  EXPECT_THAT(listed.out, HasSubstr("3 x item-1"));
  EXPECT_EQ(sandbox.run({"order", "list", "--system", "purchase", "--url", node.url()}).code, 4);
}

TEST(CliOrderSystems, CancelByTheirOwnRoutes) {
  CliSandbox sandbox;
  FakeNode node;
  const std::string path = std::string("/api/orders/") + some_id + "/cancel";
  node.answer("POST " + path, 200, {{"message", "m"}, {"order", a_checkout("CANCELLED")}});
  const CommandResult done =
      sandbox.run({"order", "cancel", some_id, "--system", "checkout", "--reason", "late", "--url", node.url()});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(node.requests().at(0).body, (Json{{"reason", "late"}}));
  const CommandResult refused = sandbox.run({"order", "cancel", some_id, "--system", "purchase", "--url", node.url()});
  EXPECT_EQ(refused.code, 4);
  EXPECT_THAT(refused.err, HasSubstr("sagactl compensate"));
}

}  // namespace
}  // namespace sagactl
