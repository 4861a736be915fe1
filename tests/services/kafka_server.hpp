// A Kafka broker of a test's own, to be stopped and frozen; on free ports of the loopback address. It runs from the
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
  enum class Anonymous { full_access, no_access };  // whoever does not say who they are
  // A network that clients are told to come through: the proxy's port, and the one that it forwards to.
  struct ProxiedListener {
    std::uint16_t proxy = 0, target = 0;
  };
  // Not started yet.
  explicit KafkaServer(Anonymous strangers = Anonymous::full_access, std::optional<ProxiedListener> network = {});
  ~KafkaServer();
  KafkaServer(const KafkaServer&) = delete;

  static bool is_installed();

  std::string brokers() const { return "127.0.0.1:" + std::to_string(port_); }
  void start();          // returns when it accepts connections; what it held is there again
  void stop();           // cleanly
  void freeze() const;   // SIGSTOP
  void resume() const;    // SIGCONT

 private:
  std::filesystem::path folder_;
  std::uint16_t port_ = 0, controller_port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace sagactl

// First in a test that needs one: a visible skip where Kafka is not installed, a failure in CI.
#define NEEDS_KAFKA_SERVER()                                                                  \
  if (!sagactl::KafkaServer::is_installed()) {                                                \
    if (std::getenv("CI")) FAIL() << "Kafka is not installed: `tools/services start kafka`";  \
    GTEST_SKIP() << "Kafka is not installed: `tools/services start kafka`";                   \
  }                                                                                           \
  static_assert(true)
