#include "tests/services/kafka_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <thread>
#include <vector>

#include "common/id.hpp"
#include "common/result.hpp"
#include "tests/services/loopback.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

std::filesystem::path jars() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  const std::filesystem::path base =
      cache && *cache ? std::filesystem::path(cache) : std::filesystem::path(home ? home : "/var/tmp") / ".cache";
  return base / "sagactl" / "kafka-4.1.2" / "jars";
}

bool accepts(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  const bool open = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return open;
}

// Overrides earlier settings: the broker authenticates to itself, and only its own user has rights.
std::string with_rights(const std::string& port, const std::string& own, const std::string& controller) {
  const std::string login =
      "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"broker\" "
      "password=\"broker\" user_broker=\"broker\";\n";
  return "listeners=PLAINTEXT://127.0.0.1:" + port + ",INTERNAL://127.0.0.1:" + own +
         ",CONTROLLER://127.0.0.1:" + controller + "\nadvertised.listeners=PLAINTEXT://127.0.0.1:" + port +
         ",INTERNAL://127.0.0.1:" + own +
         "\nlistener.security.protocol.map=PLAINTEXT:PLAINTEXT,INTERNAL:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT\n"
         "inter.broker.listener.name=INTERNAL\nsasl.enabled.mechanisms=PLAIN\n"
         "sasl.mechanism.inter.broker.protocol=PLAIN\nsasl.mechanism.controller.protocol=PLAIN\n"
         "listener.name.internal.plain.sasl.jaas.config=" +
         login + "listener.name.controller.plain.sasl.jaas.config=" + login +
         "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer\n"
         "super.users=User:broker\n";
}

// Overrides earlier settings: two more listeners, with and without a log-in.
std::string with_logins(const std::string& port, const std::string& controller, const std::string& login,
                        const std::string& certificate, const Certificates& certificates) {
  const std::string modules = "org.apache.kafka.common.security.", word = KafkaServer::password;
  const std::string of = "\nlistener.name.login.", jaas = ".sasl.jaas.config=" + modules;
  return "listeners=PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controller +
         ",LOGIN://127.0.0.1:" + login + ",CERTIFICATE://127.0.0.1:" + certificate +
         "\nadvertised.listeners=PLAINTEXT://127.0.0.1:" + port + ",LOGIN://127.0.0.1:" + login +
         ",CERTIFICATE://127.0.0.1:" + certificate +
         "\nlistener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,LOGIN:SASL_SSL,CERTIFICATE:SSL"
         "\nsasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER" +
         of + "plain" + jaas + "plain.PlainLoginModule required user_saga=\"" + word + "\" user_clerk=\"" + word +
         "\";" + of + "scram-sha-256" + jaas + "scram.ScramLoginModule required;" + of + "scram-sha-512" + jaas +
         "scram.ScramLoginModule required;" + of + "oauthbearer" + jaas +
         "oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub=\"broker\";" + of +
         "oauthbearer.sasl.server.callback.handler.class=" + modules +
         "oauthbearer.internals.unsecured.OAuthBearerUnsecuredValidatorCallbackHandler"
         "\nssl.keystore.type=PEM\nssl.keystore.location=" +
         certificates.file("server.all.pem") +
         "\nssl.truststore.type=PEM\nssl.truststore.location=" + certificates.file("ca.pem") +
         "\nlistener.name.certificate.ssl.client.auth=required\n"
         "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer\n"
         "super.users=User:ANONYMOUS;User:saga;User:CN=saga\n";
}

pid_t run_java(const std::filesystem::path& folder, const std::vector<std::string>& arguments) {
  std::vector<std::string> all = {
      "java", "-Xms128m", "-Xmx384m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", (jars() / "*").string()};
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& argument : all) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const std::string log = (folder / "log").string();
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  ::execvp("java", argv.data());
  ::_exit(127);
}

}  // namespace

bool KafkaServer::is_installed() {
  std::error_code ignored;
  return std::filesystem::is_directory(jars(), ignored);
}

KafkaServer::KafkaServer(Anonymous anonymous, std::optional<ProxiedListener> proxied)
    : folder_(std::filesystem::temp_directory_path() / ("sagactl-kafka-" + new_uuid().text())),
      port_(free_port()),
      controller_port_(free_port()) {
  const std::string port = std::to_string(port_), controller = std::to_string(controller_port_);
  const bool is_open = anonymous == Anonymous::full_access;
  write_settings(is_open ? "" : with_rights(port, std::to_string(free_port()), controller), proxied);
  format({});
}

KafkaServer::KafkaServer(const Certificates& certificates)
    : folder_(std::filesystem::temp_directory_path() / ("sagactl-kafka-" + new_uuid().text())),
      port_(free_port()),
      controller_port_(free_port()),
      login_port_(free_port()),
      certificate_port_(free_port()) {
  write_settings(with_logins(std::to_string(port_), std::to_string(controller_port_), std::to_string(login_port_),
                             std::to_string(certificate_port_), certificates),
                 std::nullopt);
  std::vector<std::string> users;
  for (const std::string mechanism : {"SCRAM-SHA-256", "SCRAM-SHA-512"})
    for (const std::string user : {"saga", "clerk"})
      users.insert(users.end(), {"--add-scram", mechanism + "=[name=\"" + user + "\",password=\"" + password + "\"]"});
  format(users);
}

KafkaServer::KafkaServer(const KafkaServer& first, int number)
    : folder_(std::filesystem::temp_directory_path() / ("sagactl-kafka-" + new_uuid().text())),
      port_(free_port()),
      controller_port_(first.controller_port_) {
  write_settings("process.roles=broker\nnode.id=" + std::to_string(number) +
                     "\nlisteners=PLAINTEXT://127.0.0.1:" + std::to_string(port_) + "\n",
                 std::nullopt);
  format({});
}

void KafkaServer::write_settings(const std::string& more, std::optional<ProxiedListener> proxied) {
  std::filesystem::create_directories(folder_);
  const std::string port = std::to_string(port_), controller = std::to_string(controller_port_);
  std::ofstream file(folder_ / "server.properties");
  file << "process.roles=broker,controller\nnode.id=1\ncontroller.quorum.voters=1@127.0.0.1:" << controller
       << "\nlisteners=PLAINTEXT://127.0.0.1:" << port << ",CONTROLLER://127.0.0.1:" << controller
       << (proxied ? ",PROXIED://127.0.0.1:" + std::to_string(proxied->target) : "")
       << "\nadvertised.listeners=PLAINTEXT://127.0.0.1:" << port
       << (proxied ? ",PROXIED://127.0.0.1:" + std::to_string(proxied->proxy) : "")
       << "\nlistener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,PROXIED:PLAINTEXT"
       << "\ncontroller.listener.names=CONTROLLER\ninter.broker.listener.name=PLAINTEXT\nlog.dirs="
       << (folder_ / "data").string()
       << "\nauto.create.topics.enable=false\nnum.partitions=6\noffsets.topic.replication.factor=1\n"
          "offsets.topic.num.partitions=1\ntransaction.state.log.replication.factor=1\n"
          "transaction.state.log.min.isr=1\nshare.coordinator.state.topic.replication.factor=1\n"
          "share.coordinator.state.topic.min.isr=1\ngroup.initial.rebalance.delay.ms=0\n";
  file << more;
}

void KafkaServer::format(const std::vector<std::string>& arguments) {
  std::vector<std::string> all = {"kafka.tools.StorageTool", "format", "-t",
                                  "AAAAAAAAAAAAAAAAAAAAAQ",  "-c",     (folder_ / "server.properties").string()};
  all.insert(all.end(), arguments.begin(), arguments.end());
  int status = 0;
  ::waitpid(run_java(folder_, all), &status, 0);
  if (status != 0) crash("cannot format Kafka's storage");
}

KafkaServer::~KafkaServer() {
  if (pid_ > 0) kill();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void KafkaServer::start() {
  pid_ = run_java(folder_, {"kafka.Kafka", (folder_ / "server.properties").string()});
  for (const std::uint16_t port : {port_, login_port_, certificate_port_})
    if (port != 0 && !eventually([&] { return accepts(port); })) crash("Kafka does not start");
}

void KafkaServer::end(int signal) {
  ::kill(pid_, signal);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void KafkaServer::stop() {
  end(SIGTERM);
}

void KafkaServer::kill() {
  end(SIGKILL);
}

void KafkaServer::freeze() const {
  ::kill(pid_, SIGSTOP);
}

void KafkaServer::resume() const {
  ::kill(pid_, SIGCONT);
}

}  // namespace sagactl
