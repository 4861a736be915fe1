// Loads for servers of each built-in system, and properties of the load that a server can observe.
#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <set>

#include "common/id.hpp"
#include "common/text/json.hpp"
#include "loadgen/run.hpp"
#include "tests/httpclient/scripted_server.hpp"
#include "tests/loadgen/order_server.hpp"

namespace sagactl {
namespace {

// A server of checkout and purchase: one order per Idempotency-Key, and the same answer when the key is repeated.
class ShopServer {
 public:
  ShopServer() : server_([this](const Received& request) { return handle(request); }) {}

  RunResult run(const std::string& system, double hot = 0, double fail = 0) {
    LoadOptions options;
    options.scenario = ScenarioKind::mixed;
    options.profile = *find_builtin_profile(system);
    options.targets = {server_.url()};
    options.orders = 300;
    options.users = 3;
    options.hot_share = hot;
    options.fail_share = fail;
    auto result = run_load(options);
    EXPECT_TRUE(result.ok()) << (result ? "" : result.error().message);
    return result ? std::move(*result) : RunResult{};
  }

  std::map<std::string, int> paths;        // number of requests for each
  std::vector<Json> bodies;                // of orders
  std::vector<std::string> keys;           // of them
  std::map<std::string, std::string> ids;  // by key
  std::vector<Json> setups;                // bodies of requests for test data

 private:
  TestAnswer handle(const Received& request) {
    const std::lock_guard lock(mutex_);
    ++paths[request.method + " " + request.path];
    if (request.method == "PUT") return answer(200, "{}");
    if (request.path == "/purchase/setup-test-data") {
      setups.push_back(Json::parse(request.body));
      const Json users = {{{"userId", setups.size()}, {"name", "u"}, {"balance", 10'000}, {"slots", 20}}};
      const Json items = {{{"itemId", "sword"}, {"name", "Sword"}, {"price", 12.5}, {"availableQuantity", 9}},
                          {{"itemId", "shield"}, {"name", "Shield"}, {"price", 7}, {"availableQuantity", 9}}};
      return answer(201, Json{{"users", users}, {"items", items}}.dump());
    }
    const auto key = request.headers.find("idempotency-key");
    if (key == request.headers.end()) return answer(400, R"({"message":"no key"})");
    bodies.push_back(Json::parse(request.body));
    keys.push_back(key->second);
    auto [it, is_new] = ids.emplace(key->second, new_uuid().text());
    if (request.path == "/api/orders")
      return answer(201, Json{{"message", "m"}, {"order", {{"orderId", it->second}, {"status", "PENDING"}}}}.dump());
    return answer(201, Json{{"message", "m"}, {"sagaId", "S"}, {"orderId", it->second}}.dump());
  }

  std::mutex mutex_;
  ScriptedServer server_;
};

TEST(Systems, EachIsAskedAtItsOwnPathAndNamesItsOrdersByTheirKeys) {
  const std::map<std::string, std::string> paths = {{"checkout", "POST /api/orchestrator/orders"},
                                                    {"checkout-choreography", "POST /api/orders"},
                                                    {"purchase", "POST /purchase/orders"}};
  for (const auto& [system, path] : paths) {
    ShopServer shop;
    const RunResult result = shop.run(system);
    EXPECT_EQ(shop.paths[path], 300) << system;
    EXPECT_EQ(result.requests.accepted, shop.ids.size()) << system;
    EXPECT_EQ(result.requests.accepted + result.requests.repeated, 300u) << system << " answers each key as at first";
    EXPECT_EQ(result.ledger.system, system);
    ASSERT_EQ(result.ledger.entries.size(), 300u);
    for (const LedgerEntry& entry : result.ledger.entries)
      EXPECT_EQ(result.ledger.order_text(entry), shop.ids.at(result.ledger.idempotency_key(entry)));
  }
}

TEST(Systems, TestDataIsSentFirstAndUsedByTheOrders) {
  ShopServer checkout;
  const RunResult checked_out = checkout.run("checkout");
  for (const Json& body : checkout.bodies) {
    const std::string product = body["items"][0]["productId"];
    EXPECT_TRUE(product.starts_with("LT-" + checked_out.ledger.run + "-")) << product;
    EXPECT_EQ(checkout.paths["PUT /api/inventory/" + product], 1) << "created before it is ordered";
  }

  ShopServer purchase;
  const RunResult result = purchase.run("purchase");
  EXPECT_EQ(purchase.paths["POST /purchase/setup-test-data"], 3) << "until there are enough users";
  EXPECT_EQ(purchase.setups[0]["users"], 3);
  EXPECT_EQ(purchase.setups[0]["prefix"], "LT-" + result.ledger.run + "-");
  std::set<Json> users, items;
  for (const Json& body : purchase.bodies) {
    users.insert(body["userId"]);
    items.insert(body["itemId"]);
  }
  EXPECT_EQ(users, (std::set<Json>{1, 2, 3})) << "with their original JSON type";
  EXPECT_EQ(items, (std::set<Json>{"sword", "shield"}));
}

TEST(Systems, FailuresAndTheHotProductAreSentAsRequested) {
  ShopServer shop;
  const RunResult result = shop.run("checkout", 0.9, 0.2);
  int by_payment = 0, by_stock = 0, hot = 0, others = 0;
  const std::string hottest = result.ledger.catalogue.front().id;
  for (const Json& body : shop.bodies) {
    const Json& item = body["items"][0];
    const bool payment = item["productId"].get<std::string>().find("PAYMENT_FAIL") != std::string::npos;
    const bool stock = item["quantity"].get<int>() > 1000;
    EXPECT_FALSE(payment && stock);
    by_payment += payment;
    by_stock += stock;
    if (!payment && !stock) ++(item["productId"] == hottest ? hot : others);
  }
  EXPECT_NEAR(by_payment + by_stock, 60, 3) << "as closely as whole groups allow";
  EXPECT_GE(by_payment, 20);
  EXPECT_GE(by_stock, 20);
  EXPECT_NEAR(static_cast<double>(hot) / (hot + others), 0.9, 0.08);
  EXPECT_EQ(result.ledger.hot_share, 0.9);
}

TEST(Systems, TheHotProductOfTheOrderSystemIsOneGroup) {
  OrderServers servers(1);
  LoadOptions options = servers.options(ScenarioKind::individual);
  options.orders = 200;
  options.hot_share = 0.9;
  const auto result = run_load(options);
  ASSERT_TRUE(result.ok());
  std::map<std::string, int> products;
  for (const TakenOrder& taken : servers.taken()) ++products[taken.product];
  int most = 0;
  for (const auto& [product, count] : products) most = std::max(most, count);
  EXPECT_EQ(most, 180);
  EXPECT_EQ(result->requests.duplicates, 179u);
}

TEST(Systems, RequestsWithOneKeyAreTheSame) {
  ShopServer shop;
  shop.run("checkout");
  std::map<std::string, std::set<Json>> bodies;
  for (std::size_t i = 0; i < shop.keys.size(); ++i) bodies[shop.keys[i]].insert(shop.bodies[i]);
  EXPECT_LT(bodies.size(), shop.keys.size());
  for (const auto& [key, different] : bodies) EXPECT_EQ(different.size(), 1u) << key;
}

TEST(Systems, ALedgerOfOneIsReadBackCompletely) {
  ShopServer shop;
  const RunResult result = shop.run("checkout", 0.5, 0.2);
  const std::string path = ::testing::TempDir() + "systems.ledger.jsonl";
  ASSERT_TRUE(save_ledger(result.ledger, path).ok());
  const auto loaded = load_ledger(path);
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  EXPECT_EQ(*loaded, result.ledger);
}

TEST(FreshConnections, EachRequestHasItsOwn) {
  OrderServers servers(1, [](const Received& request, std::size_t) -> std::optional<TestAnswer> {
    EXPECT_EQ(request.headers.at("connection"), "close");
    TestAnswer closing = answer(201, R"({"id":"867a4850-d872-42eb-a83d-c71921cdc0c3"})", "Connection: close\r\n");
    closing.after = TestAnswer::After::close;
    return closing;
  });
  LoadOptions options = servers.options(ScenarioKind::individual);
  options.orders = 100;
  options.concurrency = 4;
  options.token = "given";
  options.fresh_connections = true;
  const auto result = run_load(options);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->requests.accepted, 100u);
  EXPECT_GE(servers.node(0).connections(), 100u);
}

TEST(StagedRun, SendsTheStagesAndShowsThemInItsSeconds) {
  OrderServers servers(1);
  LoadOptions options = servers.options(ScenarioKind::individual);
  options.token = "given";
  options.stages = *parse_stages("ramp 0..200/s 1s, 200/s 1s");
  const auto result = run_load(options);
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(result->ledger.entries.size(), 300u);
  EXPECT_TRUE(result->ledger.open_loop);
  ASSERT_GE(result->seconds.size(), 2u);
  EXPECT_NEAR(static_cast<double>(result->seconds[0].planned), 100, 15);
  EXPECT_NEAR(static_cast<double>(result->seconds[1].planned), 200, 15);
}

TEST(LongRun, KeepsItsLedgerInAFileAndTheFiguresAreTheSame) {
  OrderServers servers(1);
  LoadOptions options = servers.options(ScenarioKind::mixed);
  options.orders = 2'000;
  options.token = "given";
  options.scratch = {.directory = ::testing::TempDir(), .in_memory_max = 0};
  const auto result = run_load(options);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->ledger.entries.is_in_file());
  ASSERT_EQ(result->ledger.entries.size(), 2'000u);
  std::uint64_t operation = 0;
  for (const LedgerEntry& entry : result->ledger.entries) {
    EXPECT_EQ(entry.operation, operation++);
    EXPECT_EQ(result->ledger.request_with(result->ledger.correlation_sent(entry)), &entry);
  }
  EXPECT_EQ(result->requests.accepted, servers.orders().size());
}

}  // namespace
}  // namespace sagactl
