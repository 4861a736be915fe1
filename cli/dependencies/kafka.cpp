#include "cli/dependencies/kafka.hpp"

#include "cli/flag.hpp"

namespace sagactl {
namespace {

// KAFKA_BROKER may be a Kubernetes service link: tcp://10.96.0.7:9092.
Result<std::string> parse_brokers_or_link(const std::string& text) {
  return parse_brokers(port_of_service_link(text) ? text.substr(text.find("://") + 3) : text);
}

}  // namespace

void add_kafka_flags(CLI::App& app, Commands& commands, std::string& brokers, std::string& client_id) {
  commands.add_variables(add_parsed(app, "--kafka", brokers, parse_brokers_or_link, "HOST:PORT,...",
                                    "Kafka brokers for the messages [messages in this process]"),
                         {"KAFKA_BROKER", "KAFKA_BROKERS"});
  commands.add_variables(
      add_text(app, "--kafka-client-id", client_id, "NAME", "Client id for Kafka's logs and quotas [sagactl]"),
      {"KAFKA_CLIENT_ID"});
}

Result<std::string> brokers_of(const Environment& environment, const std::string& flag) {
  if (!flag.empty()) {
    auto brokers = parse_brokers_or_link(flag);
    if (!brokers) return Error{ErrorCode::invalid, "--kafka: " + brokers.error().message};
    return brokers;
  }
  for (const char* variable : {"SAGACTL_SERVE_KAFKA", "KAFKA_BROKER", "KAFKA_BROKERS"}) {
    const auto text = environment.get(variable);
    if (!text) continue;
    auto brokers = parse_brokers_or_link(*text);
    if (!brokers)
      return Error{ErrorCode::invalid,
                   std::string("environment variable ") + variable + ": " + brokers.error().message};
    return brokers;
  }
  return std::string();
}

}  // namespace sagactl
