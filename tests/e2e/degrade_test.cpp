// What a cluster does while a service is unavailable: each service stopped, frozen, restarted, and behind a network
// that delays, drops and disconnects. Orders continue or are answered 503; nothing acknowledged is lost; everything
// recovers automatically.
#include <gmock/gmock.h>
#include <signal.h>

#include <chrono>
#include <fstream>

#include "httpclient/http_client.hpp"
#include "tests/e2e/cluster.hpp"

namespace sagactl {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

const std::vector<std::string> quick = {"--payment-success", "0.9", "--payment-delay", "1ms..10ms", "--lease", "2s"};

// A mixed load of a few seconds in an open loop, so that requests are sent also while nothing answers.
const std::vector<std::string> some_load = {"mixed", "--rate", "60/s", "--duration", "6s", "--drain", "60s"};

// The same, longer than it takes to detect a failed service and its recovery.
const std::vector<std::string> long_load = {"mixed", "--rate", "60/s", "--duration", "15s", "--drain", "60s"};

// All verdicts of the load test are PASS, whatever happened in the meantime.
void expect_right(Process& load, int accepted_min) {
  const ProcessResult ended = load.wait();
  const Json result = ended.json();
  ASSERT_TRUE(result.contains("verdict")) << ended.out << ended.err;
  EXPECT_EQ(result["verdict"], "PASS") << ended.out;
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_GE(result["requests"]["succeeded"].get<int>(), accepted_min) << result["requests"].dump();
}

bool is_up(const Cluster& cluster, const std::string& node, const std::string& dependency) {
  const Json health = cluster.get(node, "/health/detailed");
  const Json::json_pointer status("/dependencies/" + dependency + "/status");
  return health.is_object() && health.value(status, "") == "up";
}

// A fault, and how it ends.
struct Fault {
  const char* name;
  std::function<void(Cluster&)> begin, end;

  friend void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }
};

class UnavailableService : public testing::Test {
 protected:
  // Waits until the cluster has this number of orders.
  static void wait_for_orders(const Cluster& cluster, const std::string& node, int orders) {
    const auto total = [&] {
      const Json page = cluster.run({"order", "list", "--limit", "1", "-o", "json"}).json();
      return page.is_object() && page.contains("total") ? page["total"].get<int>() : 0;
    };
    ASSERT_TRUE(eventually([&] { return total() >= orders; })) << node << " accepted no orders";
  }
};

// --- Redis: orders continue
// -------------------------------------------------------------------------------------------

class RedisUnavailable : public UnavailableService, public testing::WithParamInterface<Fault> {};

TEST_P(RedisUnavailable, OrdersContinueAndDuplicatesAreImpossible) {
  NEEDS_CLUSTER(.redis = true);
  Cluster cluster({.redis = true}, quick);
  cluster.add_node("node-1");
  cluster.add_node("node-2");
  ASSERT_TRUE(eventually([&] { return is_up(cluster, "node-1", "lock"); }));
  const auto load = cluster.load(some_load);
  ASSERT_NO_FATAL_FAILURE(wait_for_orders(cluster, "node-1", 30));
  GetParam().begin(cluster);
  ASSERT_TRUE(eventually([&] { return cluster.metric("node-1", "sagactl_lock_available") == 0.0; }));
  const Json health = cluster.get("node-1", "/health/detailed");
  ASSERT_TRUE(health.contains("status")) << health;
  EXPECT_EQ(health["status"], "ok") << "a lock service is not required: " << health.dump();
  const ProcessResult order =
      cluster.run({"order", "create", "--item", "WHILE-REDIS-IS-UNAVAILABLE", "--wait", "-o", "json"});
  EXPECT_THAT(order.code, AnyOf(0, 1)) << order.out << order.err;
  const ProcessResult again = cluster.run({"order", "create", "--item", "WHILE-REDIS-IS-UNAVAILABLE", "-o", "json"});
  if (order.code == 0) {
    EXPECT_EQ(again.json()["error"]["code"], "conflict") << again.out;
  }
  GetParam().end(cluster);
  ASSERT_TRUE(eventually([&] { return cluster.metric("node-1", "sagactl_lock_available") == 1.0; }));
  expect_right(*load, 100);
}

INSTANTIATE_TEST_SUITE_P(
    Degrading, RedisUnavailable,
    testing::Values(Fault{"Killed", [](Cluster& c) { c.redis->kill(); }, [](Cluster& c) { c.redis->start(); }},
                    Fault{"Frozen", [](Cluster& c) { c.redis->freeze(); }, [](Cluster& c) { c.redis->resume(); }},
                    Fault{"BehindABlackHole", [](Cluster& c) { c.network_to_redis->set(TcpProxy::Mode::black_hole); },
                          [](Cluster& c) { c.network_to_redis->set(TcpProxy::Mode::pass); }},
                    Fault{"CutOff", [](Cluster& c) { c.network_to_redis->set(TcpProxy::Mode::cut); },
                          [](Cluster& c) { c.network_to_redis->set(TcpProxy::Mode::pass); }}),
    [](const auto& tested) { return tested.param.name; });

// --- Kafka: orders continue, events wait
// ---------------------------------------------------------------------------------

class KafkaUnavailable : public UnavailableService, public testing::WithParamInterface<Fault> {};

TEST_P(KafkaUnavailable, OrdersContinueAndTheirEventsArePublishedLater) {
  NEEDS_CLUSTER(.kafka = true);
  Cluster cluster({.kafka = true}, quick);
  cluster.add_node("node-1");
  const auto load = cluster.load(some_load);
  ASSERT_NO_FATAL_FAILURE(wait_for_orders(cluster, "node-1", 30));
  GetParam().begin(cluster);
  ASSERT_TRUE(eventually([&] { return cluster.metric("node-1", "sagactl_unpublished_events") > 100.0; }));
  EXPECT_EQ(cluster.get("node-1", "/health/detailed")["status"], "ok");
  GetParam().end(cluster);
  ASSERT_TRUE(eventually([&] { return cluster.metric("node-1", "sagactl_unpublished_events") == 0.0; }));
  expect_right(*load, 100);
}

INSTANTIATE_TEST_SUITE_P(
    Degrading, KafkaUnavailable,
    testing::Values(Fault{"Stopped", [](Cluster& c) { c.kafka->stop(); }, [](Cluster& c) { c.kafka->start(); }},
                    Fault{"Frozen", [](Cluster& c) { c.kafka->freeze(); }, [](Cluster& c) { c.kafka->resume(); }},
                    Fault{"BehindABlackHole", [](Cluster& c) { c.network_to_kafka->set(TcpProxy::Mode::black_hole); },
                          [](Cluster& c) { c.network_to_kafka->set(TcpProxy::Mode::pass); }},
                    Fault{"CutOff", [](Cluster& c) { c.network_to_kafka->set(TcpProxy::Mode::cut); },
                          [](Cluster& c) { c.network_to_kafka->set(TcpProxy::Mode::pass); }}),
    [](const auto& tested) { return tested.param.name; });

// --- PostgreSQL: 503, nothing lost, automatic recovery
// ----------------------------------------------------------------

class PostgresUnavailable : public UnavailableService, public testing::WithParamInterface<Fault> {};

TEST_P(PostgresUnavailable, OrdersAreAnswered503AndNothingIsLost) {
  NEEDS_CLUSTER();
  Cluster cluster({}, quick);
  const std::string url = cluster.add_node("node-1").urls();
  cluster.add_node("node-2");
  const auto load = cluster.load(long_load);
  ASSERT_NO_FATAL_FAILURE(wait_for_orders(cluster, "node-1", 30));
  GetParam().begin(cluster);
  HttpClient client(*parse_node_url(url), {.timeout = 10s});
  ASSERT_TRUE(eventually([&] {
    const auto ready = client.get("/readyz");
    return ready && ready->status == 503 && !ready->header("retry-after").empty();
  })) << "readiness reports that the database is unavailable";
  const auto health = client.get("/health");
  ASSERT_TRUE(health);
  EXPECT_EQ(health->status, 503);
  GetParam().end(cluster);
  for (const char* node : {"node-1", "node-2"})
    ASSERT_TRUE(eventually([&] { return cluster.get(node, "/readyz")["status"] == "ready"; })) << node;
  const ProcessResult order = cluster.run({"order", "create", "--item", "AFTERWARDS", "--wait", "-o", "json"});
  EXPECT_THAT(order.code, AnyOf(0, 1)) << order.out << order.err;
  EXPECT_THAT(order.json()["status"].dump(), AnyOf(HasSubstr("paid"), HasSubstr("cancelled")));
  expect_right(*load, 60);
}

INSTANTIATE_TEST_SUITE_P(
    Degrading, PostgresUnavailable,
    testing::Values(
        Fault{"Stopped", [](Cluster& c) { c.postgres->stop(); }, [](Cluster& c) { c.postgres->start_again(); }},
        Fault{"Frozen", [](Cluster& c) { c.postgres->freeze(); }, [](Cluster& c) { c.postgres->thaw(); }},
        Fault{"BehindABlackHole", [](Cluster& c) { c.network_to_postgres->set(TcpProxy::Mode::black_hole); },
              [](Cluster& c) { c.network_to_postgres->set(TcpProxy::Mode::pass); }},
        Fault{"CutOff", [](Cluster& c) { c.network_to_postgres->set(TcpProxy::Mode::cut); },
              [](Cluster& c) { c.network_to_postgres->set(TcpProxy::Mode::pass); }}),
    [](const auto& tested) { return tested.param.name; });

TEST_F(UnavailableService, ASlowOrHalfClosedNetworkToPostgresLosesNothing) {
  NEEDS_CLUSTER();
  Cluster cluster({}, quick);
  cluster.add_node("node-1");
  cluster.add_node("node-2");
  const auto load = cluster.load(long_load);
  ASSERT_NO_FATAL_FAILURE(wait_for_orders(cluster, "node-1", 30));
  cluster.network_to_postgres->set(TcpProxy::Mode::delay, std::chrono::milliseconds(100));
  ASSERT_NO_FATAL_FAILURE(wait_for_orders(cluster, "node-1", 60));
  cluster.network_to_postgres->set(TcpProxy::Mode::half_close);
  cluster.network_to_postgres->set(TcpProxy::Mode::pass);
  ASSERT_NO_FATAL_FAILURE(wait_for_orders(cluster, "node-1", 120));
  expect_right(*load, 100);
}

TEST_F(UnavailableService, RequestsAreAnsweredWhilePostgresIsFrozen) {
  NEEDS_CLUSTER();
  Cluster cluster({}, quick);
  const std::string url = cluster.add_node("node-1").urls();
  std::string token;
  std::ifstream(cluster.site.directory() / "node-1" / "operator.token") >> token;
  HttpClient client(*parse_node_url(url), {.token = token, .timeout = 20s});
  const auto order = [](int number) {
    return Json{
        {"items", {{{"productId", "P" + std::to_string(number)}, {"productName", "P"}, {"quantity", 1}, {"price", 1}}}},
        {"shippingAddress", "Main St 1"}};
  };
  const auto first = client.post("/orders", order(0));
  ASSERT_TRUE(first) << first.error().message;
  ASSERT_EQ(first->status, 201);
  cluster.postgres->freeze();
  std::vector<int> answers;
  for (int i = 1; i <= 12; ++i) {
    const auto answer = client.post("/orders", order(i));
    ASSERT_TRUE(answer) << "request " << i << ": " << answer.error().message;
    answers.push_back(answer->status);
  }
  cluster.postgres->thaw();
  EXPECT_THAT(answers, testing::Each(AnyOf(503, 504)));
  EXPECT_THAT(answers, testing::Contains(503));
  EXPECT_TRUE(eventually([&] {
    const auto answer = client.post("/orders", order(99));
    return answer && answer->status == 201;
  }));
}

TEST_F(UnavailableService, AnOutageOfPostgresLongerThanTheLeaseFencesNoNode) {
  NEEDS_CLUSTER();
  // Long payments, so that each node has open sagas all the time.
  Cluster cluster({}, {"--payment-success", "1", "--payment-delay", "15s", "--lease", "2s"});
  for (const char* id : {"node-1", "node-2", "node-3"}) cluster.add_node(id);
  for (int i = 0; i < 9; ++i) EXPECT_EQ(cluster.run({"order", "create", "--item", "P" + std::to_string(i)}).code, 0);
  cluster.postgres->freeze();
  for (const char* id : {"node-1", "node-2", "node-3"})
    ASSERT_TRUE(eventually([&] { return cluster.get(id, "/readyz")["status"] == "not ready"; })) << id;
  cluster.postgres->thaw();
  ASSERT_TRUE(eventually([&] { return cluster.metric("node-1", "sagactl_sagas_active") == 0.0; }));
  for (const char* id : {"node-1", "node-2", "node-3"}) {
    EXPECT_EQ(cluster.metric(id, "sagactl_fenced_total"), 0.0) << id;
    EXPECT_EQ(cluster.metric(id, "sagactl_sagas_adopted_total"), 0.0) << id;
  }
}

// --- a node: the others adopt
// -----------------------------------------------------------------------------------------

TEST_F(UnavailableService, TheSagasOfAKilledNodeAreAdoptedWithinTheLease) {
  NEEDS_CLUSTER();
  Cluster cluster({}, {"--payment-success", "1", "--payment-delay", "4s", "--lease", "1s"});
  ServeProcess& first = cluster.add_node("node-1");
  const ProcessResult placed =
      first.run({"loadtest", "individual", "--orders", "200", "--concurrency", "32", "--drain", "0s", "--data",
                 "node-1", "--database", cluster.postgres->url("cluster"), "-o", "json"});
  EXPECT_EQ(placed.json()["requests"]["succeeded"], 200) << placed.out << placed.err;
  cluster.add_node("node-2");
  cluster.end_node("node-1", SIGKILL);
  ASSERT_TRUE(eventually([&] { return cluster.metric("node-2", "sagactl_sagas_adopted_total") == 200.0; }));
  for (const char* rest : {"sagactl_sagas_active", "sagactl_unpublished_events"})
    ASSERT_TRUE(eventually([&] { return cluster.metric("node-2", rest) == 0.0; })) << rest;
  const ProcessResult verified = cluster.run({"verify", "--drained"});
  EXPECT_EQ(verified.code, 0) << verified.out << verified.err;
  EXPECT_THAT(verified.out + verified.err, Not(HasSubstr(PostgresServer::password))) << "no secret in any output";
}

TEST_F(UnavailableService, ANodePausedForLongerThanItsLeaseIsFencedAndRegistersAgain) {
  NEEDS_CLUSTER();
  // Long payments, so that some are in flight whenever the node is paused.
  Cluster cluster({}, {"--payment-success", "0.9", "--payment-delay", "300ms..1s", "--lease", "1s"});
  ServeProcess& paused = cluster.add_node("node-1");
  cluster.add_node("node-2");
  const auto load = cluster.load(some_load);
  ASSERT_NO_FATAL_FAILURE(wait_for_orders(cluster, "node-1", 60));
  paused.process().send(SIGSTOP);
  ASSERT_TRUE(eventually([&] { return cluster.metric("node-2", "sagactl_sagas_adopted_total") > 0.0; }))
      << "the paused node's sagas are adopted while it is paused, even in a transaction";
  paused.process().send(SIGCONT);
  ASSERT_TRUE(eventually([&] { return cluster.metric("node-1", "sagactl_fenced_total") > 0.0; }));
  ASSERT_TRUE(eventually([&] { return cluster.get("node-1", "/readyz")["status"] == "ready"; }));
  expect_right(*load, 100);
}

}  // namespace
}  // namespace sagactl
