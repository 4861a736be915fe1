#include "tests/e2e/cluster.hpp"

#include <signal.h>

#include <chrono>
#include <sstream>
#include <thread>

#include "httpclient/http_client.hpp"
#include "tests/services/loopback.hpp"

namespace sagactl {
namespace {

std::unique_ptr<TcpProxy> network_to(std::uint16_t port) {
  auto proxy = TcpProxy::start(0, port);
  if (!proxy) crash(proxy.error().message.c_str());
  return std::move(*proxy);
}

Result<HttpResponse> ask(const std::string& url, const std::string& path) {
  HttpClient client(*parse_node_url(url), {.timeout = 3s});
  return client.get(path);
}

}  // namespace

bool Cluster::is_possible(const Parts& parts) {
  return PostgresServer::start() && (!parts.redis || RedisServer::is_installed()) &&
         (!parts.kafka || KafkaServer::is_installed());
}

Cluster::Cluster(const Parts& parts, std::vector<std::string> flags)
    : postgres(PostgresServer::start()), flags_(std::move(flags)) {
  site.variables = {"JWT_SECRET=a secret of a test, and long enough for one",
                    "JWT_REFRESH_SECRET=another secret of a test, also long enough"};
  network_to_postgres = network_to(postgres->port());
  flags_.insert(flags_.end(),
                {"--database", "postgres://" + std::string(PostgresServer::user) + ":" + PostgresServer::password +
                                   "@127.0.0.1:" + std::to_string(network_to_postgres->port()) + "/cluster"});
  if (parts.redis) {
    redis = std::make_unique<RedisServer>();
    network_to_redis = network_to(redis->port());
    flags_.insert(flags_.end(), {"--redis", "redis://127.0.0.1:" + std::to_string(network_to_redis->port())});
  }
  if (parts.kafka) {
    const std::uint16_t target = free_port();
    network_to_kafka = network_to(target);
    kafka = std::make_unique<KafkaServer>(KafkaServer::Anonymous::full_access,
                                          KafkaServer::ProxiedListener{network_to_kafka->port(), target});
    kafka->start();
    flags_.insert(flags_.end(), {"--kafka", "127.0.0.1:" + std::to_string(network_to_kafka->port())});
  }
}

ServeProcess& Cluster::add_node(const std::string& id, const std::vector<std::string>& more_flags) {
  std::vector<std::string> flags = flags_;
  flags.insert(flags.end(), more_flags.begin(), more_flags.end());
  flags.insert(flags.end(), {"--node-id", id, "--data", id});
  std::erase_if(nodes_, [&](const Node& node) { return node.id == id; });
  nodes_.push_back({id, std::make_unique<ServeProcess>(site, flags)});
  return *nodes_.back().served;
}

void Cluster::end_node(const std::string& id, int signal) {
  Process& process = node(id).process();
  process.send(signal);
  process.wait();
}

ServeProcess& Cluster::node(const std::string& id) const {
  for (const Node& node : nodes_)
    if (node.id == id) return *node.served;
  crash(("there is no node " + id).c_str());
}

std::string Cluster::urls() const {
  std::string urls;
  for (const Node& node : nodes_) urls += (urls.empty() ? "" : ",") + node.served->urls();
  return urls;
}

// verify and analyze read the database directly, not through the proxies.
ProcessResult Cluster::run(std::vector<std::string> arguments) const {
  arguments.insert(arguments.end(), {"--data", nodes_.front().id, "--database", postgres->url("cluster")});
  const bool reads_only_the_database = arguments.front() == "verify" || arguments.front() == "analyze";
  if (!reads_only_the_database) arguments.insert(arguments.end(), {"--url", urls()});
  return site.run(std::move(arguments));
}

std::unique_ptr<Process> Cluster::load(std::vector<std::string> arguments) const {
  std::vector<std::string> all = {"loadtest"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  all.insert(all.end(), {"--url", urls(), "--data", nodes_.front().id, "--database", postgres->url("cluster"), "-o",
                         "json", "--timeout", "5s"});
  return std::make_unique<Process>(all, site.directory(), site.variables);
}

Json Cluster::get(const std::string& id, const std::string& path) const {
  const auto answer = ask(node(id).urls(), path);
  return answer ? Json::parse(answer->body, nullptr, false) : Json();
}

std::optional<double> Cluster::metric(const std::string& id, const std::string& name) const {
  const auto answer = ask(node(id).urls(), "/metrics");
  if (!answer) return std::nullopt;
  std::istringstream lines(answer->body);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(name + " ")) return std::stod(line.substr(name.size() + 1));
  return std::nullopt;
}

}  // namespace sagactl
