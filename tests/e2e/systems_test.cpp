// Checkouts and purchases with the real program, killed under load with failing payments: every saga ends, and stock
// and money are exact.
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "common/money.hpp"
#include "common/text/text.hpp"
#include "httpclient/http_client.hpp"
#include "tests/e2e/process.hpp"

namespace sagactl {
namespace {

const std::vector<std::string> flags = {"--nodes",           "2",    "--payment-delay",    "1ms..30ms",
                                        "--payment-success", "0.8",  "--payment-timeouts", "0.05",
                                        "--lease",           "200ms"};
constexpr int rounds = 3, clients = 6, orders_of_client = 45,
              accepted_before_kill = 100;  // below 1000 in all
constexpr int goods = 4, stock_of_each = 60, buyers = 5;

class Node {
 public:
  explicit Node(const std::string& url) : http_(parse_node_url(url).value(), HttpClientOptions{}) {}
  // The body of the answer; null without an answer or with an error status.
  Json get(const std::string& path) { return body_of(http_.get(path)); }
  Json post(const std::string& path, const Json& body) { return body_of(http_.post(path, body)); }
  Json put(const std::string& path, const Json& body) { return body_of(http_.put(path, body)); }

 private:
  static Json body_of(const Result<HttpResponse>& answer) {
    return answer && answer->ok() ? answer->json().value() : Json(nullptr);
  }
  HttpClient http_;
};

std::string good(int number) {
  return "good-" + std::to_string(number % goods);
}
std::string buyer(int number) {
  return "user-" + std::to_string(1 + number % buyers);
}

// What differs between the systems.
struct System {
  const char* name;
  const char* place;  // the route
  const char* list;   // of its orders; not used for purchases
};

class Systems : public testing::TestWithParam<System> {
 protected:
  bool is_purchase() const { return std::string(GetParam().name) == "Purchase"; }

  void set_up(Node& node) {
    if (is_purchase()) {
      const Json data{
          {"users", buyers}, {"items", goods}, {"stock", stock_of_each}, {"slots", 60}, {"balance", 10'000}};
      ASSERT_FALSE(node.post("/purchase/setup-test-data", data).is_null());
      return;
    }
    for (int i = 0; i < goods; ++i) {
      const Json body{{"productName", good(i)}, {"availableQuantity", stock_of_each}, {"price", 9.99}};
      ASSERT_FALSE(node.put("/api/inventory/" + good(i), body).is_null());
    }
  }

  Json order_body(int number) const {
    const int quantity = 1 + number % 3;
    if (is_purchase())
      return Json{
          {"userId", buyer(number)}, {"itemId", "item-" + std::to_string(1 + number % goods)}, {"quantity", quantity}};
    const Json item{{"productId", good(number)}, {"productName", "x"}, {"quantity", quantity}, {"price", 9.99}};
    return Json{{"customerId", buyer(number)}, {"items", Json::array({item})}};
  }

  // Sends orders until the node is killed, and records the ids of the acknowledged ones.
  void send_orders(const std::string& url, int client) {
    Node node(url);
    for (int i = 0; i < orders_of_client; ++i) {
      const Json answer = node.post(GetParam().place, order_body(client * orders_of_client + i));
      if (answer.is_null()) break;
      const Json& order = answer.contains("order") ? answer["order"] : answer;
      const std::scoped_lock guard(mutex_);
      acknowledged_.insert(order["orderId"].get<std::string>());
      ++in_round_;
    }
    --clients_left_;
  }

  void load_and_kill(ServeProcess& nodes) {
    const std::vector<std::string> urls = split(nodes.urls(), ',');
    in_round_ = 0;
    clients_left_ = clients;
    std::vector<std::jthread> threads;
    for (int client = 0; client < clients; ++client)
      threads.emplace_back(
          [this, url = urls[static_cast<std::size_t>(client) % urls.size()], client] { send_orders(url, client); });
    while (in_round_ < accepted_before_kill && clients_left_ > 0) std::this_thread::yield();
    EXPECT_GE(in_round_, accepted_before_kill);
    nodes.process().send(SIGKILL);
    nodes.process().wait();
  }

  Json orders(Node& node) {
    if (!is_purchase()) {
      Json own = Json::array();
      for (const Json& order : node.get(GetParam().list)) own.push_back(order);
      return own;
    }
    Json all = Json::array();
    for (int i = 0; i < buyers; ++i)
      for (const Json& order : node.get("/purchase/user/" + buyer(i) + "/orders")) all.push_back(order);
    return all;
  }

  std::mutex mutex_;
  std::set<std::string> acknowledged_;
  std::atomic<int> in_round_{0}, clients_left_{0};
};

std::string text(const Json& json) {
  return json.get<std::string>();
}
Money money(const Json& amount) {
  return money_from_json(amount).value();
}

// The units of each product and the money of each buyer that the completed orders took.
struct Taken {
  std::map<std::string, std::int64_t> units;
  std::map<std::string, Money> paid;
  int completed = 0, undone = 0;
};

Taken taken_by(const Json& orders) {
  Taken taken;
  for (const Json& order : orders) {
    const std::string status = lower(order["status"].get<std::string>());
    if (status != "completed") {
      EXPECT_TRUE(status == "cancelled" || status == "failed") << order.dump();
      ++taken.undone;
      continue;
    }
    ++taken.completed;
    if (order.contains("itemId")) {
      taken.units[text(order["itemId"])] += order["quantity"].get<std::int64_t>();
      taken.paid[text(order["userId"])] = taken.paid[text(order["userId"])] + money(order["totalPrice"]);
      continue;
    }
    for (const Json& item : order["items"])
      taken.units[text(item["productId"])] += item["quantity"].get<std::int64_t>();
    taken.paid[text(order["customerId"])] = taken.paid[text(order["customerId"])] + money(order["totalAmount"]);
  }
  return taken;
}

void expect_exact_checkouts(Node& node, Taken& taken) {
  for (int i = 0; i < goods; ++i) {
    const Json stock = node.get("/api/inventory/" + good(i));
    EXPECT_EQ(stock["reservedQuantity"], 0) << stock;
    EXPECT_EQ(stock["soldQuantity"], taken.units[good(i)]) << stock;
    EXPECT_EQ(stock["availableQuantity"], stock_of_each - taken.units[good(i)]) << stock;
  }
  std::map<std::string, Money> charged;
  for (const Json& payment : node.get("/api/payments"))
    if (payment["status"] == "SUCCESS")
      charged[text(payment["customerId"])] = charged[text(payment["customerId"])] + money(payment["amount"]);
  for (int i = 0; i < buyers; ++i) EXPECT_EQ(charged[buyer(i)].cents, taken.paid[buyer(i)].cents) << buyer(i);
}

void expect_exact_purchases(Node& node, Taken& taken) {
  std::int64_t used = 0, units = 0;
  for (int i = 0; i < buyers; ++i) {
    const Json balance = node.get("/purchase/user/" + buyer(i) + "/balance");
    EXPECT_EQ(balance["reserved"], 0) << balance;
    EXPECT_EQ(money(balance["spent"]).cents, taken.paid[buyer(i)].cents) << balance;
    EXPECT_EQ(money(balance["balance"]).cents, 10'000'00 - taken.paid[buyer(i)].cents) << balance;
    const Json slots = node.get("/purchase/user/" + buyer(i) + "/inventory");
    EXPECT_EQ(slots["reservedSlots"], 0) << slots;
    used += slots["usedSlots"].get<std::int64_t>();
  }
  for (const auto& [item, count] : taken.units) {
    units += count;
    EXPECT_LE(count, stock_of_each) << item;
  }
  EXPECT_EQ(used, units) << "a slot for each unit";
}

TEST_P(Systems, AreExactAfterBeingKilledUnderLoad) {
  const TestDirectory site;
  for (int round = 0; round < rounds; ++round) {
    ServeProcess nodes(site, flags);
    if (round == 0) {
      Node node(split(nodes.urls(), ',')[0]);
      set_up(node);
    }
    load_and_kill(nodes);
  }
  ServeProcess nodes(site, flags);
  const auto open = [&] {
    const ProcessResult list =
        nodes.run({"saga", "list", "--status", "started,compensating", "--limit", "1", "-o", "json"});
    return list.json().is_object() ? list.json()["total"].get<int>() : -1;
  };
  while (open() != 0) {
  }
  Node node(split(nodes.urls(), ',')[0]);
  const Json all = orders(node);
  std::set<std::string> present;
  for (const Json& order : all) present.insert(order["orderId"].get<std::string>());
  for (const std::string& id : acknowledged_) EXPECT_TRUE(present.contains(id)) << "acknowledged and lost: " << id;
  Taken taken = taken_by(all);
  EXPECT_GT(taken.completed, 20);
  EXPECT_GT(taken.undone, 20);
  if (is_purchase())
    expect_exact_purchases(node, taken);
  else
    expect_exact_checkouts(node, taken);

  nodes.process().send(SIGTERM);
  EXPECT_EQ(nodes.process().wait().code, 0);
  const ProcessResult verified = site.run({"verify", "--drained"});
  EXPECT_EQ(verified.code, 0) << verified.out << verified.err;
}

INSTANTIATE_TEST_SUITE_P(All, Systems,
                         testing::Values(System{"Checkout", "/api/orchestrator/orders", "/api/orders"},
                                         System{"CheckoutChoreography", "/api/orders", "/api/orders"},
                                         System{"Purchase", "/purchase/orders", ""}),
                         [](const auto& system) { return system.param.name; });

TEST(SystemsCommandLine, CompletesOneOrderOfEach) {
  const TestDirectory site;
  const ServeProcess nodes(site, {"--payment-success", "1", "--payment-delay", "1ms..5ms"});
  Node node(nodes.urls());
  ASSERT_FALSE(node.post("/api/inventory/initialize", Json::object()).is_null());
  ASSERT_FALSE(node.post("/purchase/setup-test-data", Json::object()).is_null());
  const std::vector<std::vector<std::string>> orders = {
      {"--system", "order", "--item", "BOOK:1:9.50"},
      {"--system", "checkout", "--customer", "ann", "--item", "PROD001:1:1000"},
      {"--system", "checkout-choreography", "--customer", "ann", "--item", "PROD002:2:30"},
      {"--system", "purchase", "--user", "user-1", "--item", "item-1:2"}};
  for (const std::vector<std::string>& flags_of_order : orders) {
    std::vector<std::string> arguments = {"order", "create", "--wait", "-o", "json"};
    arguments.insert(arguments.end(), flags_of_order.begin(), flags_of_order.end());
    const ProcessResult placed = nodes.run(arguments);
    ASSERT_EQ(placed.code, 0) << flags_of_order[1] << placed.out << placed.err;
    EXPECT_EQ(placed.json()["saga"]["status"], "completed") << flags_of_order[1];
    const std::string id = placed.json()["saga"]["id"];
    EXPECT_EQ(nodes.run({"order", "get", id, "--system", flags_of_order[1]}).code, 0) << flags_of_order[1];
    const ProcessResult trace = nodes.run({"trace", id});
    EXPECT_EQ(trace.code, 0) << trace.err;
    EXPECT_EQ(trace.out.find("reservation ") != std::string::npos, flags_of_order[1] != "order") << trace.out;
    EXPECT_EQ(nodes.run({"compensate", id, "--reason", "test"}).code, 0) << flags_of_order[1];
    EXPECT_EQ(nodes.run({"trace", id, "--follow", "-o", "json"}).json()["saga"]["status"], "compensated")
        << flags_of_order[1];
    EXPECT_EQ(nodes.run({"retry", id, "--recharge"}).code, 0) << flags_of_order[1];
    EXPECT_EQ(nodes.run({"trace", id, "--follow", "-o", "json"}).json()["saga"]["status"], "completed")
        << flags_of_order[1];
  }
  const ProcessResult audit = nodes.run({"audit", "-o", "json"});
  std::map<std::string, int> done;
  const Json record = audit.json();
  for (const Json& entry : record["entries"]) ++done[text(entry["action"])];
  const int products = 5, users = 3, items = 4;
  EXPECT_EQ(done,
            (std::map<std::string, int>{{"compensate", 4}, {"retry", 4}, {"set-stock", products + 2 * users + items}}))
      << audit.out;
  EXPECT_EQ(nodes.run({"saga", "definitions"}).code, 0);
  EXPECT_EQ(nodes.run({"order", "list", "--system", "checkout", "-o", "json"}).json()["total"], 1);
}

}  // namespace
}  // namespace sagactl
