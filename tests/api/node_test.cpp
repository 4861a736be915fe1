// Nodes start, serve, stop and start again.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "common/crypto.hpp"
#include "common/text/text.hpp"
#include "httpclient/http_client.hpp"
#include "server/node/node.hpp"
#include "tests/api/support/api_node.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl::test {
namespace {

class RunningNodeProcess : public testing::Test {
 protected:
  RunningNodeProcess() {
    options.data = std::filesystem::temp_directory_path() / ("sagactl-node-" + hex(random_bytes(8)));
    options.port = 0;
    options.payment = {1.0, Duration{0}, Duration{0}, 0.0};
  }
  ~RunningNodeProcess() override { std::filesystem::remove_all(options.data); }

  std::unique_ptr<Nodes> start() {
    auto nodes = start_nodes(options);
    EXPECT_TRUE(nodes.ok()) << nodes.error().message;
    return std::move(nodes).value();
  }

  std::string read(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::string text;
    std::getline(file, text);
    return text;
  }

  HttpClient client(const Nodes& nodes, std::size_t node = 0, Duration timeout = 10s) {
    HttpClientOptions client_options;
    client_options.timeout = timeout;
    client_options.token = read(nodes.operator_token_file());
    return HttpClient(parse_node_url(nodes.addresses()[node].url).value(), client_options);
  }

  NodeOptions options;
};

TEST_F(RunningNodeProcess, AcceptsRequestsWhenItHasStarted) {
  const auto nodes = start();
  ASSERT_EQ(nodes->addresses().size(), 1u);
  EXPECT_EQ(nodes->addresses()[0].node, "node-1");
  HttpClient caller = client(*nodes);
  EXPECT_EQ(caller.get("/readyz")->status, 200);
  EXPECT_EQ(caller.get("/auth/profile")->status, 200) << "the operator token is valid";
}

TEST_F(RunningNodeProcess, SeveralNodesShareOneDatabaseUnderTheirOwnNames) {
  options.nodes = 3;
  const auto nodes = start();
  for (std::size_t i = 0; i < 3; ++i) {
    HttpClient caller = client(*nodes, i);
    const HttpResponse placed = caller.post("/orders", order_body("p" + std::to_string(i))).value();
    ASSERT_EQ(placed.status, 201) << placed.body;
    EXPECT_EQ(placed.json().value()["nodeId"], "node-" + std::to_string(i + 1));
    EXPECT_EQ(caller.post("/orders", order_body("shared"))->status, i == 0 ? 201 : 409);
  }
  EXPECT_EQ(client(*nodes).get("/orders")->json().value()["total"], 4);
}

TEST_F(RunningNodeProcess, KeepsItsOrdersAndSecretsAfterAStop) {
  std::string token, order;
  {
    const auto nodes = start();
    token = read(nodes->operator_token_file());
    order = client(*nodes).post("/orders", order_body("kept"))->json().value()["id"];
    nodes->stop();
  }
  const auto nodes = start();
  EXPECT_EQ(read(nodes->operator_token_file()), token);
  EXPECT_EQ(client(*nodes).get("/orders/" + order)->status, 200);
}

TEST_F(RunningNodeProcess, SecretsAreReadableByTheirOwnerOnly) {
  const auto nodes = start();
  for (const char* name : {"operator.token", "jwt.secret", "jwt-refresh.secret"}) {
    struct stat status {};
    ASSERT_EQ(::stat((options.data / name).c_str(), &status), 0) << name;
    EXPECT_EQ(status.st_mode & 0777, 0600u) << name;
  }
}

TEST_F(RunningNodeProcess, AStopAnswersWhoeverWaitsForTheEndOfASaga) {
  const auto nodes = start();
  HttpClient caller = client(*nodes);
  const Json steps = Json::parse(R"([{"name": "approval", "wait": {}}])");
  ASSERT_EQ(caller.put("/sagas/definitions/held", Json{{"saga", "held"}, {"steps", steps}})->status, 201);
  auto waiting = std::async(std::launch::async, [&] {
    const HttpRequest request{"POST", "/sagas/definitions/held/sagas", "{}", {{"Prefer", "wait=30"}}};
    HttpClient waits = client(*nodes, 0, hang_limit);
    return waits.send(request);
  });
  ASSERT_TRUE(eventually([&] { return caller.get("/sagas")->body.find("held") != std::string::npos; }));
  nodes->stop();
  const auto answer = waiting.get();
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->status, 202);
  EXPECT_EQ(answer->header("Location"), "/sagas/" + answer->json().value()["id"].get<std::string>());
}

// The work takes longer than a stop does.
TEST_F(RunningNodeProcess, AStopEndsWorkUnderALockAndReleasesTheLock) {
  const auto nodes = start();
  HttpClient caller = client(*nodes);
  auto working = std::async(std::launch::async, [&] {
    return client(*nodes, 0, hang_limit).post("/redis-test/lock/k", Json{{"duration", 20'000}});
  });
  ASSERT_TRUE(eventually([&] { return caller.get("/locks")->json().value()["count"] == 1; }));
  nodes->stop();
  const auto answer = working.get();
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->status, 503) << answer->body;
  EXPECT_EQ(answer->json().value()["detail"],
            "this node is stopping: the work was ended, and the lock is released; try again");
}

TEST_F(RunningNodeProcess, MayBeStoppedTwice) {
  const auto nodes = start();
  nodes->stop();
  nodes->stop();
  EXPECT_FALSE(client(*nodes).get("/livez").ok());
}

TEST_F(RunningNodeProcess, APortInUseIsReported) {
  const auto first = start();
  NodeOptions second = options;
  second.data = options.data / "second";
  second.port = parse_node_url(first->addresses()[0].url)->port;
  const auto refused = start_nodes(second);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find(std::to_string(second.port)), std::string::npos) << refused.error().message;
}

TEST_F(RunningNodeProcess, ADataDirectoryHasOneProcess) {
  const auto first = start();
  const auto second = start_nodes(options);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::conflict) << second.error().message;
}

TEST_F(RunningNodeProcess, NeedsASharedSecretWhenOtherMachinesCanReachIt) {
  options.host = "0.0.0.0";
  const auto refused = start_nodes(options);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("JWT_SECRET"), std::string::npos);
  options.jwt_secret = "a secret of at least thirty-two characters";
  EXPECT_TRUE(start_nodes(options).ok());
}

}  // namespace
}  // namespace sagactl::test
