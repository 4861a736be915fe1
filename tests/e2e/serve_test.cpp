// `serve` and the other commands in one directory, without any setup.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <signal.h>

#include <fstream>

#include "httpclient/http_client.hpp"
#include "tests/e2e/process.hpp"
#include "tests/httpclient/unresponsive_address.hpp"
#include "tests/services/loopback.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

const std::vector<std::string> quick = {"--payment-success", "1", "--payment-delay", "1ms..5ms"};

std::vector<std::string> with(std::vector<std::string> flags, std::initializer_list<std::string> more) {
  flags.insert(flags.end(), more);
  return flags;
}

TEST(Serve, CompletesTheSagaOfAnOrder) {
  const TestDirectory site;
  const ServeProcess nodes(site, quick);
  const ProcessResult order = nodes.run({"order", "create", "--item", "BOOK:2:9.50", "--wait", "-o", "json"});
  ASSERT_EQ(order.code, 0) << order.out << order.err;
  EXPECT_EQ(order.json()["status"], "paid");
  EXPECT_EQ(order.json()["saga"]["status"], "completed");

  const std::string id = order.json()["id"];
  const ProcessResult trace = nodes.run({"trace", id});
  EXPECT_EQ(trace.code, 0) << trace.err;
  EXPECT_THAT(trace.out, HasSubstr("✓ payment_processing"));
  EXPECT_THAT(trace.out, HasSubstr("OrderConfirmed"));
  EXPECT_EQ(nodes.run({"trace", id, "-o", "json"}).json()["found"], true);
  EXPECT_EQ(nodes.run({"order", "list", "-o", "json"}).json()["total"], 1);
  EXPECT_EQ(nodes.run({"saga", "list", "--status", "completed", "-o", "json"}).json()["total"], 1);
  EXPECT_EQ(nodes.run({"saga", "get", id}).code, 0);
  EXPECT_EQ(nodes.run({"lock-status"}).code, 0);
}

TEST(Serve, RejectsADuplicateOrder) {
  const TestDirectory site;
  const ServeProcess nodes(site, quick);
  ASSERT_EQ(nodes.run({"order", "create", "--item", "BOOK"}).code, 0);
  const ProcessResult again = nodes.run({"order", "create", "--item", "BOOK", "-o", "json"});
  EXPECT_EQ(again.code, 1);
  EXPECT_EQ(again.json()["error"]["code"], "conflict") << again.out;
}

TEST(Serve, CompensatesAfterAFailureAndOnRequest) {
  const TestDirectory site;
  const ServeProcess nodes(site, quick);
  const ProcessResult failed = nodes.run({"order", "create", "--item", "PAYMENT_FAIL_1", "--wait", "-o", "json"});
  EXPECT_EQ(failed.code, 1) << failed.out << failed.err;
  EXPECT_EQ(failed.json()["saga"]["status"], "compensated");
  const ProcessResult retried = nodes.run({"retry", failed.json()["id"], "-o", "json"});
  EXPECT_EQ(retried.code, 0) << retried.out;

  const ProcessResult paid = nodes.run({"order", "create", "--item", "BOOK", "--wait", "-o", "json"});
  ASSERT_EQ(paid.code, 0) << paid.out;
  const std::string id = paid.json()["id"];
  EXPECT_EQ(nodes.run({"compensate", id, "--reason", "test"}).code, 0);
  const ProcessResult followed = nodes.run({"trace", id, "--follow", "-o", "json"});
  EXPECT_EQ(followed.json()["saga"]["status"], "compensated") << followed.out;
  EXPECT_EQ(followed.json()["payment"]["status"], "refunded");
}

TEST(Serve, PassesTheDuplicateLoadTestOverThreeNodes) {
  const TestDirectory site;
  const ServeProcess nodes(site, with(quick, {"--nodes", "3"}));
  const ProcessResult test =
      nodes.run({"loadtest", "duplicate", "-o", "json", "--report", "r.html", "--save", "r.json", "--junit", "r.xml"});
  EXPECT_EQ(test.code, 0) << test.out << test.err;
  EXPECT_EQ(test.json()["verdict"], "PASS");
  for (const char* file : {"r.html", "r.json", "r.xml", "r.ledger.jsonl"})
    EXPECT_TRUE(std::filesystem::exists(site.directory() / file)) << file;
  EXPECT_EQ(site.run({"verify"}).code, 0);
  EXPECT_EQ(site.run({"analyze", "-o", "json"}).json()["distribution"].size(), 3u);
  EXPECT_EQ(site.run({"analyze", "--run", "another"}).code, 2) << "nothing is known of a run that has no order here";
}

TEST(Serve, AnInterruptedLoadTestDoesNotCallWrongWhatIsUnderWay) {
  const TestDirectory site;
  const ServeProcess nodes(site, {"--payment-delay", "10m"});
  Process load({"loadtest", "individual", "--rate", "20/s", "--duration", "10m", "-o", "json", "--url", nodes.urls()},
               site.directory(), site.variables);
  while (nodes.run({"saga", "list", "--status", "started", "-o", "json"}).json()["sagas"].empty()) {
  }
  load.send(SIGINT);
  const ProcessResult ended = load.wait();
  EXPECT_EQ(ended.code, 130) << ended.err;
  EXPECT_EQ(ended.json()["verdict"], "UNKNOWN") << ended.out;
}

TEST(Serve, IsShownByTopAndDoctor) {
  const TestDirectory site;
  const ServeProcess nodes(site, quick);
  const ProcessResult top = nodes.run({"top", "--once", "--interval", "10ms", "-o", "json"});
  EXPECT_EQ(top.code, 0) << top.err;
  EXPECT_EQ(top.json()["nodes"][0]["up"], true);
  const ProcessResult doctor = nodes.run({"doctor"});
  EXPECT_EQ(doctor.code, 0) << doctor.out;
  EXPECT_THAT(doctor.out, HasSubstr("the token is accepted"));
}

TEST(Serve, RejectsADataDirectoryInUse) {
  const TestDirectory site;
  const ServeProcess nodes(site, quick);
  const ProcessResult second = site.run({"serve", "--port", "0"});
  EXPECT_NE(second.code, 0);
  EXPECT_THAT(second.err, HasSubstr("sagactl-data"));
}

TEST(Serve, RejectsAPortInUse) {
  const TestDirectory site, other;
  const ServeProcess nodes(site, quick);
  const std::string port = nodes.urls().substr(nodes.urls().rfind(':') + 1);
  const ProcessResult second = other.run({"serve", "--port", port});
  EXPECT_NE(second.code, 0);
  EXPECT_THAT(second.err, HasSubstr(port));
}

TEST(Serve, StopsCleanlyOnSignals) {
  const TestDirectory site;
  for (const int signal : {SIGTERM, SIGINT}) {
    ServeProcess nodes(site, quick);
    ASSERT_EQ(nodes.run({"order", "create", "--item", "BOOK" + std::to_string(signal)}).code, 0);
    nodes.process().send(signal);
    const ProcessResult ended = nodes.process().wait();
    EXPECT_EQ(ended.code, 0) << ended.err;
  }
  const ServeProcess again(site, quick);
  EXPECT_EQ(again.run({"order", "list", "-o", "json"}).json()["total"], 2);
}

TEST(Serve, AllowsPagesOfTheConfiguredOrigins) {
  const TestDirectory site;
  const ServeProcess nodes(site, with(quick, {"--cors-origin", "https://Shop.example/, http://localhost:5173"}));
  HttpClient client(*parse_node_url(nodes.urls()), {});
  const auto ask = [&](const char* method, const char* path, const std::string& origin) {
    const HttpRequest request{method, path, "", {{"Origin", origin}, {"Access-Control-Request-Method", "POST"}}};
    return client.send(request).value();
  };
  for (const char* origin : {"https://shop.example", "http://localhost:5173"}) {
    const HttpResponse allowed = ask("OPTIONS", "/orders", origin);
    EXPECT_EQ(allowed.status, 204);
    EXPECT_EQ(allowed.header("Access-Control-Allow-Origin"), origin);
    EXPECT_EQ(ask("GET", "/orders", origin).header("Access-Control-Allow-Origin"), origin) << "a 401 is readable, too";
  }
  EXPECT_EQ(ask("GET", "/livez", "https://evil.example").header("Access-Control-Allow-Origin"), "");

  for (const char* wrong : {"shop.example", "https://shop.example/cart", "*,https://shop.example"}) {
    const ProcessResult refused = site.run({"serve", "--port", "0", "--cors-origin", wrong});
    EXPECT_EQ(refused.code, 4) << wrong;
    EXPECT_THAT(refused.err, HasSubstr("--cors-origin")) << refused.err;
  }
}

// How many connections to that port are being opened, by all processes.
int connections_begun(std::uint16_t port) {
  const std::string remote = fmt::format(":{:04X} 02 ", port);  // SYN_SENT
  std::ifstream sockets("/proc/net/tcp");
  int count = 0;
  for (std::string line; std::getline(sockets, line);) count += line.find(remote) != line.npos ? 1 : 0;
  return count;
}

// The host of the database does not answer.
TEST(Serve, ASignalEndsAStartThatWaits) {
  const std::uint16_t port = free_port();
  const UnresponsiveAddress silent(port);
  const TestDirectory site;
  const int before = connections_begun(port);
  Process node({"serve", "--port", "0", "--database",
                "postgres://saga@127.0.0.1:" + std::to_string(port) + "/shop?connect_timeout=30"},
               site.directory());
  ASSERT_TRUE(eventually([&] { return connections_begun(port) > before; }));
  node.send(SIGTERM);
  const ProcessResult ended = node.wait();
  EXPECT_EQ(ended.code, 130);
  EXPECT_THAT(ended.err, Not(HasSubstr("no answer"))) << "it does not wait for the host";
}

}  // namespace
}  // namespace sagactl
