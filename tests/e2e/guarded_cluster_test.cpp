// A cluster as careful people run it: HAProxy with TLS before three nodes, PgBouncer before PostgreSQL over TLS with a
// synchronous standby, Redis by sentinels, Kafka with a log-in over TLS. Under load each of them fails over in turn,
// and nothing is lost or done twice.
#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "httpclient/http_client.hpp"
#include "tests/e2e/cluster.hpp"
#include "tests/services/certificates.hpp"
#include "tests/services/loopback.hpp"
#include "tests/services/pgbouncer.hpp"
#include "tests/services/redis_groups.hpp"
#include "tests/services/services.hpp"

namespace sagactl {
namespace {

using testing::Ge;

constexpr const char* haproxy_program = "/usr/sbin/haproxy";
constexpr std::size_t node_count = 3;
const std::string over_tls_alone = "local all all trust\nhostssl all,replication all 127.0.0.1/32 scram-sha-256\n";

bool everything_is_installed() {
  return PostgresServer::start() && Certificates::can_be_made() && PgBouncer::is_installed() &&
         RedisServer::is_installed() && KafkaServer::is_installed() && ::access(haproxy_program, X_OK) == 0;
}

std::unique_ptr<PostgresServer> postgres_over_tls() {
  auto server = PostgresServer::start();
  const bool has_certificate = server->run(
      "cd data && openssl req -new -x509 -days 2 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key "
      "-subj /CN=localhost -out server.crt && chmod 600 server.key");
  if (!has_certificate) crash("openssl cannot make a certificate for PostgreSQL");
  server->configure("ssl = on\n", over_tls_alone);
  return server;
}

class GuardedCluster {
 public:
  GuardedCluster() {
    site_.variables = {"JWT_SECRET=a secret of a test, and long enough for one",
                       "JWT_REFRESH_SECRET=another secret of a test, also long enough"};
    postgres_->wait_for_standbys(true);
    kafka.start();
    std::ofstream(file("kafka.password")) << KafkaServer::password << '\n';
    std::filesystem::permissions(file("kafka.password"), std::filesystem::perms::owner_read);
    for (std::uint16_t& port : node_ports_) port = free_port();
    for (std::size_t node = 0; node < node_count; ++node) start_node(node);
    write_proxy_configuration();
    proxy_ = std::make_unique<Process>(std::vector<std::string>{"-db", "-f", file("haproxy.cfg")}, site_.directory(),
                                       std::vector<std::string>{}, haproxy_program);
  }

  void start_node(std::size_t node) {
    const std::string id = name_of(node);
    nodes_[node].reset();
    const std::vector<std::string> flags = {"serve",
                                            "--port",
                                            std::to_string(node_ports_[node]),
                                            "-o",
                                            "ndjson",
                                            "--node-id",
                                            id,
                                            "--data",
                                            id,
                                            "--lease",
                                            "2s",
                                            "--database",
                                            bouncer_.url(),
                                            "--redis",
                                            redis_url(),
                                            "--kafka",
                                            kafka.brokers_for_logins(),
                                            "--kafka-ca",
                                            certificates_.file("ca.pem"),
                                            "--kafka-sasl",
                                            "plain",
                                            "--kafka-user",
                                            "saga",
                                            "--payment-delay",
                                            "1ms..10ms",
                                            "--kafka-password-file",
                                            file("kafka.password"),
                                            "--trusted-proxy",
                                            "127.0.0.1",
                                            "--stop-delay",
                                            "0s"};
    nodes_[node] = std::make_unique<ServeProcess>(site_, SAGACTL_BINARY, flags, 1);
  }
  // The primary's machine is lost; its standby takes over, and PgBouncer leads to it.
  void fail_over_postgres() {
    postgres_->kill();
    standby_->promote();
    bouncer_.lead_to(*standby_);
  }
  void kill_node(std::size_t node) {
    nodes_[node]->process().send(SIGKILL);
    nodes_[node]->process().wait();
  }

  // Through HAProxy, by its certificate.
  ProcessResult run(std::vector<std::string> arguments) {
    add_connection(arguments);
    return site_.run(std::move(arguments));
  }
  std::unique_ptr<Process> load(std::vector<std::string> arguments) {
    add_connection(arguments);
    return std::make_unique<Process>(arguments, site_.directory(), site_.variables);
  }

  // The value of a metric of a node, by its name.
  double metric(std::size_t node, const std::string& name) {
    HttpClient client(*parse_node_url(nodes_[node]->urls()), {.timeout = 3s});
    const auto answer = client.get("/metrics");
    if (!answer) return -1;
    const std::string start = "\n" + name + " ";
    const std::size_t at = answer->body.find(start);
    return at == std::string::npos ? -1 : std::stod(answer->body.substr(at + start.size()));
  }
  bool all_nodes_have(const std::string& name, double value) {
    for (std::size_t node = 0; node < node_count; ++node)
      if (metric(node, name) != value) return false;
    return true;
  }
  std::size_t orders() {
    const Json page = run({"order", "list", "--limit", "1", "-o", "json"}).json();
    return page.is_object() && page.contains("total") ? page["total"].get<std::size_t>() : 0;
  }

 private:
  static std::string name_of(std::size_t node) { return "node-" + std::to_string(node + 1); }
  std::string file(const std::string& name) const { return (site_.directory() / name).string(); }
  std::string redis_url() const {
    std::string url = "redis+sentinel://";
    for (const std::uint16_t port : sentinels.ports())
      url += (url.back() == '/' ? "" : ",") + ("127.0.0.1:" + std::to_string(port));
    return url + "/main";
  }
  void write_proxy_configuration() {
    std::ofstream text(file("haproxy.cfg"));
    text << "defaults\n  mode http\n  timeout connect 2s\n  timeout client 30s\n  timeout server 30s\n"
            "frontend all\n  bind 127.0.0.1:"
         << proxy_port_ << " ssl crt " << certificates_.file("server.all.pem")
         << "\n  option forwardfor\n  http-request set-header X-Forwarded-Proto https if { ssl_fc }\n"
            "  http-request del-header Forwarded\n  default_backend nodes\n"
            "backend nodes\n  balance roundrobin\n  option httpchk GET /readyz\n  option redispatch\n";
    for (std::size_t node = 0; node < node_count; ++node)
      text << "  server " << name_of(node) << " 127.0.0.1:" << node_ports_[node]
           << " check inter 200ms fall 1 rise 1\n";
  }
  void add_connection(std::vector<std::string>& arguments) {
    arguments.insert(arguments.end(),
                     {"--url", "https://localhost:" + std::to_string(proxy_port_), "--ca-file",
                      certificates_.file("ca.pem"), "--data", name_of(0), "--database", bouncer_.url()});
  }

  const Certificates certificates_;
  TestDirectory site_;
  const std::unique_ptr<PostgresServer> postgres_ = postgres_over_tls();
  const std::unique_ptr<PostgresServer> standby_ = postgres_->make_standby();

 public:
  RedisSentinels sentinels;
  KafkaServer kafka{certificates_};

 private:
  PgBouncer bouncer_{*postgres_, "session", "server_tls_sslmode = require\nserver_login_retry = 1\n"};
  const std::uint16_t proxy_port_ = free_port();
  std::array<std::uint16_t, node_count> node_ports_{};
  std::array<std::unique_ptr<ServeProcess>, node_count> nodes_;
  std::unique_ptr<Process> proxy_;
};

TEST(GuardedCluster, NothingIsLostWhileEachPartFailsOverInTurn) {
  SAGACTL_NEEDS_PROGRAM(everything_is_installed(), "a service");
  GuardedCluster cluster;
  ASSERT_TRUE(eventually([&] { return cluster.run({"saga", "list"}).code == 0; })) << cluster.run({"saga", "list"}).err;
  ASSERT_TRUE(eventually([&] { return cluster.all_nodes_have("sagactl_lock_available", 1); }));
  const auto load = cluster.load(
      {"loadtest", "mixed", "--rate", "40/s", "--duration", "10m", "--drain", "90s", "--timeout", "5s", "-o", "json"});
  ASSERT_TRUE(eventually([&] { return cluster.orders() > 40; }));

  cluster.sentinels.first().kill();
  EXPECT_TRUE(eventually([&] { return cluster.metric(0, "sagactl_lock_available") == 0; }));
  EXPECT_TRUE(eventually([&] { return cluster.all_nodes_have("sagactl_lock_available", 1); }));

  cluster.kafka.stop();
  EXPECT_TRUE(eventually([&] { return cluster.metric(0, "sagactl_unpublished_events") > 20; }));
  cluster.kafka.start();
  EXPECT_TRUE(eventually([&] { return cluster.metric(0, "sagactl_unpublished_events") < 20; }));

  cluster.fail_over_postgres();
  const std::size_t before = cluster.orders();
  EXPECT_TRUE(eventually([&] { return cluster.orders() > before + 20; }));

  cluster.kill_node(1);
  const std::size_t at_kill = cluster.orders();
  EXPECT_TRUE(eventually([&] { return cluster.orders() > at_kill + 20; }));
  cluster.start_node(1);

  EXPECT_TRUE(eventually([&] { return cluster.orders() > 300; }));

  load->send(SIGINT);  // it checks what it has sent
  const ProcessResult ended = load->wait();
  const Json result = ended.json();
  ASSERT_TRUE(result.contains("verdict")) << ended.out << ended.err;
  EXPECT_NE(result["verdict"], "FAIL") << ended.out;
  EXPECT_EQ(ended.code, 130) << ended.err;
  EXPECT_THAT(result["requests"]["succeeded"].get<int>(), Ge(300)) << result["requests"].dump();
  ProcessResult verified;
  EXPECT_TRUE(eventually([&] {
    return (verified = cluster.run({"verify", "--drained"})).code == 0;
  })) << verified.out
      << verified.err;
}

}  // namespace
}  // namespace sagactl
