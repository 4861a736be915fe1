// The four services of the checkout as separate processes over PostgreSQL and Kafka, each killed while commands,
// replies and events are in flight: every checkout ends, and stock and money are exact.
#include <gmock/gmock.h>
#include <signal.h>

#include <array>

#include "httpclient/http_client.hpp"
#include "tests/e2e/cluster.hpp"

namespace sagactl {
namespace {

constexpr std::array services = {"order", "payment", "inventory", "orchestrator"};
constexpr int in_stock = 1000, orders_of_each_kind = 60;

class CheckoutServices : public testing::Test {
 protected:
  void start(const std::string& service) {
    cluster_->add_node(service + "-1", {"--role", service, "--payment-success", "0.8", "--payment-delay", "1ms..30ms",
                                        "--lease", "1s", "--allow-anonymous"});
  }
  void start_all() {
    cluster_ = std::make_unique<Cluster>(Cluster::Parts{.kafka = true});
    for (const char* service : services) start(service);
  }
  HttpClient client() const {
    const std::string urls = cluster_->urls();
    return HttpClient(*parse_node_url(urls.substr(urls.rfind(',') + 1)), {.timeout = 10s});
  }
  // Every third order exceeds the stock, and some payments fail, so that every step but the last fails for some orders.
  void place(const std::string& path, int count) {
    HttpClient shop = client();
    for (int i = 0; i < count; ++i) {
      const Json body{{"customerId", "CUST" + std::to_string(i)},
                      {"items",
                       {{{"productId", "BOOK"},
                         {"productName", "A book"},
                         {"quantity", i % 3 == 2 ? 5 * in_stock : 1 + i % 2},
                         {"price", 10.5}}}}};
      const auto answer = shop.post(path, body);
      ASSERT_TRUE(answer && answer->status == 201) << (answer ? answer->body : answer.error().message);
    }
  }
  Json orders() const {
    const auto answer = client().get("/api/orders");
    const auto json = answer ? answer->json() : Result<Json>(answer.error());
    return json && json->is_array() ? *json : Json::array();
  }
  bool all_ended(std::size_t count) const {
    const Json list = orders();
    return list.size() == count && std::all_of(list.begin(), list.end(), [](const Json& order) {
             const std::string status = order["status"];
             return status == "COMPLETED" || status == "CANCELLED" || status == "FAILED";
           });
  }
  // The sold quantity is that of the completed orders, and nothing is reserved.
  void expect_exact() const {
    int sold = 0;
    for (const Json& order : orders())
      if (order["status"] == "COMPLETED") sold += order["items"][0]["quantity"].get<int>();
    const auto answer = client().get("/api/inventory/BOOK");
    ASSERT_TRUE(answer) << answer.error().message;
    const Json book = *answer->json();
    EXPECT_GT(sold, 0);
    EXPECT_EQ(book["soldQuantity"], sold);
    EXPECT_EQ(book["reservedQuantity"], 0);
    EXPECT_EQ(book["availableQuantity"], in_stock - sold);
    // The last events may not have been published yet.
    ProcessResult verified;
    EXPECT_TRUE(eventually([&] {
      verified = cluster_->run({"verify", "-o", "json"});
      return verified.code != 2;
    }));
    EXPECT_EQ(verified.code, 0) << verified.out << verified.err;
  }

  std::unique_ptr<Cluster> cluster_;
};

TEST_F(CheckoutServices, EveryCheckoutEndsExactWhenServicesAreKilled) {
  NEEDS_CLUSTER(.kafka = true);
  start_all();
  const auto stocked = client().put("/api/inventory/BOOK", {{"availableQuantity", in_stock}, {"price", 10.5}});
  ASSERT_TRUE(stocked && stocked->ok()) << (stocked ? stocked->body : stocked.error().message);
  int placed = 0;
  for (const char* service : services) {
    for (const char* path : {"/api/orchestrator/orders", "/api/orders"}) {
      place(path, orders_of_each_kind / 4);
      placed += orders_of_each_kind / 4;
    }
    cluster_->end_node(service + std::string("-1"), SIGKILL);
    start(service);
  }
  // What a killed process lost is sent again after the timeout of the step.
  EXPECT_TRUE(eventually([&] { return all_ended(static_cast<std::size_t>(placed)); })) << orders().dump();
  const std::string unread = R"(sagactl_consumer_lag{group="orchestrator-service-group",topic="orchestrator.reply"})";
  EXPECT_TRUE(eventually([&] { return cluster_->metric("orchestrator-1", unread) == 0.0; })) << "unread replies";
  expect_exact();
}

}  // namespace
}  // namespace sagactl
