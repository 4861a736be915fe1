// Where Kafka is, for the commands that speak to it themselves.
#pragma once

#include "cli/commands.hpp"
#include "cli/invocation.hpp"
#include "server/adapters/kafka/client/kafka_options.hpp"

namespace sagactl {

// --kafka and --kafka-client-id, also from the environment that nodes read.
void add_kafka_flags(CLI::App& app, Commands& commands, std::string& brokers, std::string& client_id);

// The brokers of the environment, for commands without the flag; empty: none are configured.
Result<std::string> brokers_of(const Environment& environment, const std::string& flag = {});

}  // namespace sagactl
