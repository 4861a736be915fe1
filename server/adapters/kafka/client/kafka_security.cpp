#include "server/adapters/kafka/client/kafka_security.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "common/loopback.hpp"
#include "common/text/host_port.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

Error wrong(std::string message) {
  return Error{ErrorCode::invalid, std::move(message)};
}

bool are_on_this_machine(std::string_view brokers) {
  const std::vector<std::string> all = split(brokers, ',');
  return std::all_of(all.begin(), all.end(), [](const std::string& broker) {
    const auto address = parse_host_port(broker);
    return address && is_loopback_host(address->host);
  });
}

Result<void> check_file(std::string_view flag, const std::string& file) {
  if (file.empty() || ::access(file.c_str(), R_OK) == 0) return {};
  return wrong(fmt::format("{}: cannot read {}", flag, file));
}

Result<void> check_login(const KafkaSecurity& security, std::string_view brokers) {
  const std::string_view name = to_string(security.login);
  const bool has_password = !security.user.empty() || !security.password.empty();
  if (security.login == KafkaLogin::none) {
    if (has_password || !security.token_file.empty())
      return wrong(
          "a user, a password or a token for Kafka needs --kafka-sasl plain, scram-sha-256, scram-sha-512 or "
          "oauthbearer: ask who runs the brokers which of them they accept");
    return {};
  }
  if (security.login == KafkaLogin::oauthbearer) {
    if (security.token_file.empty()) return wrong("--kafka-sasl oauthbearer needs --kafka-token-file");
    if (has_password) return wrong("--kafka-sasl oauthbearer takes --kafka-token-file, and no user or password");
  } else {
    if (security.user.empty()) return wrong(fmt::format("--kafka-sasl {} needs --kafka-user", name));
    if (security.password.empty())
      return wrong(
          fmt::format("--kafka-sasl {} needs a password: --kafka-password-file, or KAFKA_SASL_PASSWORD", name));
    if (!security.token_file.empty()) return wrong("--kafka-token-file belongs to --kafka-sasl oauthbearer");
  }
  const bool is_readable = security.login == KafkaLogin::plain || security.login == KafkaLogin::oauthbearer;
  if (is_readable && !security.uses_tls() && !are_on_this_machine(brokers))
    return wrong(
        fmt::format("--kafka-sasl {} without TLS sends the {} readable over the network: add --kafka-tls, or "
                    "use scram-sha-512",
                    name, security.login == KafkaLogin::plain ? "password" : "token"));
  return {};
}

}  // namespace

Result<void> check_security(const KafkaSecurity& security, std::string_view brokers) {
  if (security.certificate_file.empty() != security.key_file.empty())
    return wrong("--kafka-cert and --kafka-key belong together: the client's certificate and its key");
  for (const auto& [flag, file] :
       {std::pair("--kafka-ca", &security.ca_file), std::pair("--kafka-cert", &security.certificate_file),
        std::pair("--kafka-key", &security.key_file), std::pair("--kafka-token-file", &security.token_file)})
    if (auto checked = check_file(flag, *file); !checked) return checked;
  return check_login(security, brokers);
}

}  // namespace sagactl
