#include "cli/kafka.hpp"

#include "cli/flag.hpp"

namespace sagactl {

void add_kafka_flags(CLI::App& app, Commands& commands, std::string& brokers, std::string& client_id) {
  const auto take_brokers = [&brokers](const std::string& text) -> Result<void> {
    auto parsed = parse_brokers(text);
    if (!parsed) return parsed.error();
    brokers = std::move(parsed).value();
    return {};
  };
  commands.also_from(add_flag_with(app, "--kafka", take_brokers, "HOST:PORT,...",
                                   "Kafka for the messages [in this process]"),
                     {"KAFKA_BROKER", "KAFKA_BROKERS"});
  commands.also_from(
      add_text(app, "--kafka-client-id", client_id, "NAME", "How Kafka's logs and quotas know this program [sagactl]"),
      {"KAFKA_CLIENT_ID"});
}

Result<std::string> brokers_of(const Environment& environment) {
  for (const char* variable : {"SAGACTL_SERVE_KAFKA", "KAFKA_BROKER", "KAFKA_BROKERS"}) {
    const auto text = environment.get(variable);
    if (!text) continue;
    auto brokers = parse_brokers(*text);
    if (!brokers)
      return Error{ErrorCode::invalid, std::string("environment variable ") + variable + ": " + brokers.error().message};
    return brokers;
  }
  return std::string();
}

}  // namespace sagactl
