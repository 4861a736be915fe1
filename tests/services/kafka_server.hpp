// A Kafka broker for one test, which may be stopped and frozen; on free ports of the loopback address. It runs from the
// jars that `tools/services start kafka` keeps in the user's cache.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tests/services/certificates.hpp"
#include "tests/services/needs.hpp"

namespace sagactl {

class KafkaServer {
 public:
  enum class Anonymous { full_access, no_access };  // rights of unauthenticated clients
  // A listener that is advertised with a proxy's port: that port, and the one that the proxy forwards to.
  struct ProxiedListener {
    std::uint16_t proxy = 0, target = 0;
  };
  // Not started yet.
  explicit KafkaServer(Anonymous anonymous = Anonymous::full_access, std::optional<ProxiedListener> proxied = {});
  // One that also listens for clients that log in over TLS, and for those that show a certificate. The users saga, who
  // may do everything, and clerk, who has no rights, have the password below for every mechanism; whoever shows the
  // certificate saga or comes without TLS may do everything as well.
  explicit KafkaServer(const Certificates& certificates);
  // One more broker of the cluster whose first one, number 1, is also the only one that chooses leaders.
  KafkaServer(const KafkaServer& first, int number);
  static constexpr const char* password = "s3cret-of-the-test";
  ~KafkaServer();
  KafkaServer(const KafkaServer&) = delete;

  static bool is_installed();

  std::string brokers() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string brokers_for_logins() const { return "127.0.0.1:" + std::to_string(login_port_); }
  std::string brokers_for_certificates() const { return "127.0.0.1:" + std::to_string(certificate_port_); }
  void start();         // returns when it accepts connections; it keeps its data
  void stop();          // cleanly
  void kill();          // as a machine that loses its power
  void freeze() const;  // SIGSTOP
  void resume() const;  // SIGCONT

 private:
  std::filesystem::path folder_;
  void write_settings(const std::string& more, std::optional<ProxiedListener> proxied);
  void end(int signal);
  void format(const std::vector<std::string>& arguments);

  std::uint16_t port_ = 0, controller_port_ = 0, login_port_ = 0, certificate_port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace sagactl

#define NEEDS_KAFKA_SERVER() SAGACTL_NEEDS_PROGRAM(sagactl::KafkaServer::is_installed(), "Kafka")
