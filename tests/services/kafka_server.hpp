// A Kafka broker for one test, which may be stopped and frozen; on free ports of the loopback address. It runs from the
// jars that `tools/services start kafka` keeps in the user's cache.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

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
  ~KafkaServer();
  KafkaServer(const KafkaServer&) = delete;

  static bool is_installed();

  std::string brokers() const { return "127.0.0.1:" + std::to_string(port_); }
  void start();         // returns when it accepts connections; it keeps its data
  void stop();          // cleanly
  void freeze() const;  // SIGSTOP
  void resume() const;  // SIGCONT

 private:
  std::filesystem::path folder_;
  std::uint16_t port_ = 0, controller_port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace sagactl

// First in a test that needs one: a visible skip where Kafka is not installed, a failure in CI.
#define NEEDS_KAFKA_SERVER()                                                                 \
  if (!sagactl::KafkaServer::is_installed()) {                                               \
    if (std::getenv("CI")) FAIL() << "Kafka is not installed: `tools/services start kafka`"; \
    GTEST_SKIP() << "Kafka is not installed: `tools/services start kafka`";                  \
  }                                                                                          \
  static_assert(true)
